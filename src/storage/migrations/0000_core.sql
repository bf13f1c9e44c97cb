CREATE TABLE "batches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"session" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"fingerprint" "bytea" NOT NULL,
	"user_count" integer NOT NULL,
	"pull_date" date,
	"payload" "bytea",
	"purged_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "checkpoints" (
	"delivery" uuid NOT NULL,
	"first_user" integer NOT NULL,
	"end_user" integer NOT NULL,
	"sent" integer NOT NULL,
	"accepted" integer NOT NULL,
	"remote_job_id" text,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "checkpoints_delivery_first_user_pk" PRIMARY KEY("delivery","first_user")
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"batch" uuid NOT NULL,
	"session" uuid NOT NULL,
	"provider" text NOT NULL,
	"tag" text NOT NULL,
	"segment" text NOT NULL,
	"state" text NOT NULL,
	"claim" uuid,
	"job" uuid,
	"attempts" integer DEFAULT 0 NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"audience_id" text,
	"received" integer NOT NULL,
	"accepted" integer DEFAULT 0 NOT NULL,
	"skipped" integer DEFAULT 0 NOT NULL,
	"rejected" integer DEFAULT 0 NOT NULL,
	"next_user" integer DEFAULT 0 NOT NULL,
	"error_code" text,
	"error_message" text,
	"platform_code" text,
	"retryable" boolean,
	"due_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"queued_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"settled_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "rejections" (
	"delivery" uuid NOT NULL,
	"stage" integer NOT NULL,
	"field" text NOT NULL,
	"reason" text NOT NULL,
	"users" integer[] NOT NULL,
	"unnamed" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "rejections_delivery_stage_field_reason_pk" PRIMARY KEY("delivery","stage","field","reason")
);
--> statement-breakpoint
CREATE TABLE "remote_audiences" (
	"provider" text NOT NULL,
	"account" text NOT NULL,
	"segment" text NOT NULL,
	"remote_id" text,
	"lock_owner" uuid,
	"locked_until" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "remote_audiences_provider_account_segment_pk" PRIMARY KEY("provider","account","segment")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"session_id" bigint NOT NULL,
	"total_batches" integer NOT NULL,
	"total_users" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tag_budgets" (
	"provider" text NOT NULL,
	"tag" text NOT NULL,
	"next_call_at" timestamp (3) with time zone NOT NULL,
	"blocked_until" timestamp (3) with time zone,
	"last_success_at" timestamp (3) with time zone,
	"last_error_at" timestamp (3) with time zone,
	"last_error_code" text,
	CONSTRAINT "tag_budgets_provider_tag_pk" PRIMARY KEY("provider","tag")
);
--> statement-breakpoint
ALTER TABLE "batches" ADD CONSTRAINT "batches_session_sessions_id_fk" FOREIGN KEY ("session") REFERENCES "public"."sessions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD CONSTRAINT "checkpoints_delivery_deliveries_id_fk" FOREIGN KEY ("delivery") REFERENCES "public"."deliveries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_batch_batches_id_fk" FOREIGN KEY ("batch") REFERENCES "public"."batches"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_session_sessions_id_fk" FOREIGN KEY ("session") REFERENCES "public"."sessions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rejections" ADD CONSTRAINT "rejections_delivery_deliveries_id_fk" FOREIGN KEY ("delivery") REFERENCES "public"."deliveries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "batches_sequence" ON "batches" USING btree ("session","sequence");--> statement-breakpoint
CREATE INDEX "batches_unpurged" ON "batches" USING btree ("created_at") WHERE payload is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_target" ON "deliveries" USING btree ("batch","provider","tag");--> statement-breakpoint
CREATE INDEX "deliveries_session" ON "deliveries" USING btree ("session","provider","tag");--> statement-breakpoint
CREATE INDEX "deliveries_state" ON "deliveries" USING btree ("state","id");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_key" ON "sessions" USING btree ("name","type","session_id");