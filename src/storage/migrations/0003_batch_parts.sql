DROP INDEX "batches_sequence";--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "part" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "first_user" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "left_out" jsonb;--> statement-breakpoint
CREATE UNIQUE INDEX "batches_part" ON "batches" USING btree ("session","sequence","part");