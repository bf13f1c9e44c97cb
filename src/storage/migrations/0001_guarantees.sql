CREATE TABLE "access_tokens" (
	"key" text PRIMARY KEY NOT NULL,
	"token" "bytea",
	"expires_at" timestamp (3) with time zone,
	"lock_owner" uuid,
	"locked_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "tag_health" (
	"provider" text NOT NULL,
	"tag" text NOT NULL,
	"last_success_at" timestamp (3) with time zone,
	"last_error_at" timestamp (3) with time zone,
	"last_error_code" text,
	"outages" integer DEFAULT 0 NOT NULL,
	"stopped_at" timestamp (3) with time zone,
	"stop_code" text,
	"stop_message" text,
	"probe_at" timestamp (3) with time zone,
	"probe_delivery" uuid,
	"probes" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "tag_health_provider_tag_pk" PRIMARY KEY("provider","tag")
);
--> statement-breakpoint
DROP INDEX "deliveries_session";--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "request_id" text;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "turn" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "slot" integer;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "held" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "rejections" ADD COLUMN "edge_tag_ids" "bytea"[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_slot" ON "deliveries" USING btree ("provider","tag","slot") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "deliveries_turn" ON "deliveries" USING btree ("provider","tag","turn");--> statement-breakpoint
CREATE INDEX "deliveries_queued" ON "deliveries" USING btree ("provider","tag","turn") WHERE state = 'queued';--> statement-breakpoint
CREATE INDEX "deliveries_held" ON "deliveries" USING btree ("provider","tag","turn","id") WHERE held;--> statement-breakpoint
CREATE INDEX "deliveries_session" ON "deliveries" USING btree ("session","provider","tag","turn");--> statement-breakpoint
INSERT INTO "tag_health" ("provider", "tag", "last_success_at", "last_error_at", "last_error_code") SELECT "provider", "tag", "last_success_at", "last_error_at", "last_error_code" FROM "tag_budgets";--> statement-breakpoint
ALTER TABLE "tag_budgets" DROP COLUMN "last_success_at";--> statement-breakpoint
ALTER TABLE "tag_budgets" DROP COLUMN "last_error_at";--> statement-breakpoint
ALTER TABLE "tag_budgets" DROP COLUMN "last_error_code";