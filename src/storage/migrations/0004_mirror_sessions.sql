CREATE INDEX "sessions_mirrors" ON "sessions" USING btree ("number") WHERE mode = 'mirror';
--> statement-breakpoint
-- Payloads are compressed already: PostgreSQL would try in vain, at some milliseconds each.
ALTER TABLE "batches" ALTER COLUMN "payload" SET STORAGE EXTERNAL;
