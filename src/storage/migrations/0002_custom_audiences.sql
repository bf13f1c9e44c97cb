CREATE TABLE "audience_sizes" (
	"audience" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"status" text NOT NULL,
	"size" bigint,
	"matched_users" bigint,
	"uploaded_records" bigint NOT NULL,
	CONSTRAINT "audience_sizes_audience_at_pk" PRIMARY KEY("audience","at")
);
--> statement-breakpoint
CREATE TABLE "custom_audiences" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" integer GENERATED ALWAYS AS IDENTITY (sequence name "custom_audiences_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"version" integer DEFAULT 1 NOT NULL,
	"provider" text NOT NULL,
	"tag" text NOT NULL,
	"account" text NOT NULL,
	"name" text NOT NULL,
	"audience_id" text,
	"type" text NOT NULL,
	"source" text NOT NULL,
	"business" text,
	"description" text,
	"status" text NOT NULL,
	"status_reason" text,
	"warnings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"pixel" text,
	"website_rules" jsonb,
	"app_events" jsonb,
	"engagement_type" text,
	"engagement_sources" text[],
	"retention_days" integer,
	"size" bigint,
	"matched_users" bigint,
	"matching_rate" double precision,
	"estimates" text[] DEFAULT '{}' NOT NULL,
	"minimum_size" integer,
	"data_upload_method" text NOT NULL,
	"uploaded_records" bigint DEFAULT 0 NOT NULL,
	"last_upload_at" timestamp (3) with time zone,
	"campaigns" jsonb,
	"ads" jsonb,
	"exclusions" jsonb,
	"lookalike_audiences" text[],
	"seed" uuid,
	"last_updated" timestamp (3) with time zone,
	"auto_update" boolean DEFAULT false NOT NULL,
	"update_frequency" text,
	"refresh_at" timestamp (3) with time zone,
	"gdpr_compliant" boolean,
	"consent_collected" boolean,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"polled_at" timestamp (3) with time zone,
	"poll_at" timestamp (3) with time zone,
	"poll_failures" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audience_events" (
	"id" bigint PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"audience" uuid NOT NULL,
	"provider" text NOT NULL,
	"tag" text NOT NULL,
	"data" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "event_clock" (
	"id" integer PRIMARY KEY NOT NULL,
	"last" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"webhook" uuid NOT NULL,
	"event" bigint,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone,
	"status_code" integer,
	"error" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"settled_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"description" text,
	"events" text[],
	"secret" "bytea" NOT NULL,
	"previous_secret" "bytea",
	"previous_until" timestamp (3) with time zone,
	"enabled" boolean NOT NULL,
	"last_event" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "erasure_tags" (
	"erasure" uuid NOT NULL,
	"provider" text NOT NULL,
	"tag" text NOT NULL,
	"state" text NOT NULL,
	"audiences" integer DEFAULT 0 NOT NULL,
	"sessions" uuid[] DEFAULT '{}' NOT NULL,
	"account" text NOT NULL,
	"error" text,
	"completed_at" timestamp (3) with time zone,
	CONSTRAINT "erasure_tags_erasure_provider_tag_pk" PRIMARY KEY("erasure","provider","tag")
);
--> statement-breakpoint
CREATE TABLE "erasures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" "bytea",
	"phone" "bytea",
	"edge_tag_id" "bytea",
	"person" "bytea",
	"state" text NOT NULL,
	"rounds" integer DEFAULT 0 NOT NULL,
	"blanked_at" timestamp (3) with time zone,
	"due_at" timestamp (3) with time zone,
	"store" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"completed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "members" (
	"audience" integer NOT NULL,
	"key" "bytea" NOT NULL,
	"content" "bytea" NOT NULL,
	"email" "bytea",
	"phone" "bytea",
	"edge_tag_id" "bytea",
	"record" "bytea" NOT NULL,
	"seen" bigint NOT NULL,
	CONSTRAINT "members_audience_key_pk" PRIMARY KEY("audience","key")
) PARTITION BY HASH ("key");
--> statement-breakpoint
CREATE TABLE "members_00" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 0);
--> statement-breakpoint
CREATE TABLE "members_01" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 1);
--> statement-breakpoint
CREATE TABLE "members_02" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 2);
--> statement-breakpoint
CREATE TABLE "members_03" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 3);
--> statement-breakpoint
CREATE TABLE "members_04" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 4);
--> statement-breakpoint
CREATE TABLE "members_05" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 5);
--> statement-breakpoint
CREATE TABLE "members_06" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 6);
--> statement-breakpoint
CREATE TABLE "members_07" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 7);
--> statement-breakpoint
CREATE TABLE "members_08" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 8);
--> statement-breakpoint
CREATE TABLE "members_09" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 9);
--> statement-breakpoint
CREATE TABLE "members_10" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 10);
--> statement-breakpoint
CREATE TABLE "members_11" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 11);
--> statement-breakpoint
CREATE TABLE "members_12" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 12);
--> statement-breakpoint
CREATE TABLE "members_13" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 13);
--> statement-breakpoint
CREATE TABLE "members_14" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 14);
--> statement-breakpoint
CREATE TABLE "members_15" PARTITION OF "members" FOR VALUES WITH (MODULUS 16, REMAINDER 15);
--> statement-breakpoint
CREATE TABLE "mirrors" (
	"session" uuid NOT NULL,
	"custom_audience" uuid NOT NULL,
	"provider" text NOT NULL,
	"tag" text NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"done_at" timestamp (3) with time zone,
	"leavers" uuid,
	CONSTRAINT "mirrors_session_custom_audience_pk" PRIMARY KEY("session","custom_audience")
);
--> statement-breakpoint
ALTER TABLE "checkpoints" ADD COLUMN "unchanged" integer[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "custom_audience" uuid;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "added" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "unchanged" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "removed" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "number" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "sessions_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "mode" text DEFAULT 'append' NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "origin" text DEFAULT 'upload' NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "draft" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "audience_sizes" ADD CONSTRAINT "audience_sizes_audience_custom_audiences_id_fk" FOREIGN KEY ("audience") REFERENCES "public"."custom_audiences"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_webhooks_id_fk" FOREIGN KEY ("webhook") REFERENCES "public"."webhooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "erasure_tags" ADD CONSTRAINT "erasure_tags_erasure_erasures_id_fk" FOREIGN KEY ("erasure") REFERENCES "public"."erasures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mirrors" ADD CONSTRAINT "mirrors_session_sessions_id_fk" FOREIGN KEY ("session") REFERENCES "public"."sessions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "custom_audiences_name" ON "custom_audiences" USING btree ("provider","account","name");--> statement-breakpoint
CREATE UNIQUE INDEX "custom_audiences_number" ON "custom_audiences" USING btree ("number");--> statement-breakpoint
CREATE INDEX "custom_audiences_poll" ON "custom_audiences" USING btree ("poll_at");--> statement-breakpoint
CREATE INDEX "custom_audiences_remote" ON "custom_audiences" USING btree ("provider","account","audience_id");--> statement-breakpoint
CREATE INDEX "audience_events_audience" ON "audience_events" USING btree ("audience","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_webhook" ON "webhook_deliveries" USING btree ("webhook","id");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_event" ON "webhook_deliveries" USING btree ("webhook","event");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("due_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "erasures_due" ON "erasures" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "mirrors_open" ON "mirrors" USING btree ("session") WHERE done_at is null;--> statement-breakpoint
CREATE INDEX "deliveries_audience" ON "deliveries" USING btree ("custom_audience","id");--> statement-breakpoint
INSERT INTO "event_clock" ("id", "last") VALUES (1, 0);
