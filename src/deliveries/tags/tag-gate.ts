import { Injectable, Logger } from '@nestjs/common';
import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { ProviderError } from '../../providers/contract/provider-errors.js';
import { Database, unhurried } from '../../storage/database.js';
import { tagHealth } from '../../storage/tag-schema.js';
import type { Target } from '../delivery-queue.js';
import { HeldDeliveries } from './held-deliveries.js';
import { MENDING_PACE, OUTAGE_PACE, PROBE_LEASE_SECONDS, type ProbePace } from './probe-pace.js';

/** So many times in a row a platform was not there before its tag is stopped. */
const OUTAGES_TO_STOP = 5;

/** The tag is stopped: its deliveries wait until it works again. The code and the message are those of what stopped it. */
export class TagStoppedError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** A delivery of a tag. */
interface TagDelivery extends Target {
  readonly id: string;
}

/** What a delivery that was let through should know. */
export interface Pass {
  /** Whether its first success is news: the tag was stopped, or the platform was not there the last time. */
  readonly suspect: boolean;
}

/**
 * Lets deliveries through to their tag, or stops the tag: at once when somebody has to mend its account, and after several
 * outages in a row (a circuit breaker). A stopped tag lets one delivery through now and then. What it meets decides: a success
 * frees all that wait. Kept in the database, so that all processes know at once.
 */
@Injectable()
export class TagGate {
  private readonly logger = new Logger(TagGate.name);

  constructor(
    private readonly database: Database,
    private readonly held: HeldDeliveries,
  ) {}

  /** @throws TagStoppedError when the delivery has to wait for its tag */
  async pass(delivery: TagDelivery): Promise<Pass> {
    const [row] = await this.database.query.select().from(tagHealth).where(is(delivery));
    if (!row?.stoppedAt) return { suspect: (row?.outages ?? 0) > 0 };
    if (await this.mayTry(delivery)) return { suspect: true };
    throw new TagStoppedError(row.stopCode ?? 'unknown', row.stopMessage ?? 'The tag is stopped');
  }

  /** Stops the tag until somebody has mended its account. */
  async stop(delivery: TagDelivery, error: ProviderError): Promise<void> {
    await this.close(delivery, error, MENDING_PACE);
  }

  /** The platform was not there. Returns whether that stopped the tag. */
  async outage(delivery: TagDelivery, error: ProviderError): Promise<boolean> {
    const { provider, tag } = delivery;
    const { rows } = await this.database.query.execute<{ outages: number; stopped: boolean }>(sql`
      insert into tag_health (provider, tag, outages) values (${provider}, ${tag}, 1)
      on conflict (provider, tag) do update set outages = tag_health.outages + 1
      returning outages, stopped_at is not null as stopped`);
    const { outages, stopped } = rows[0]!;
    if (!stopped && outages < OUTAGES_TO_STOP) return false;
    await this.close(delivery, error, OUTAGE_PACE);
    return true;
  }

  /** The delivery did get through, or was at least understood: all that wait for the tag may go. */
  async works(target: Target): Promise<void> {
    const { provider, tag } = target;
    const noted = await this.database.query.execute(sql`
      insert into tag_health (provider, tag, last_success_at) values (${provider}, ${tag}, now())
      on conflict (provider, tag) do update set last_success_at = now(), outages = 0
      where tag_health.stopped_at is null returning ${unhurried}`);
    if (noted.rows.length > 0) return;
    const freed = await this.open(target, { lastSuccessAt: sql`now()` });
    this.logger.log(`${provider}/${tag} works again: ${freed} deliveries go on`);
  }

  /** Lets everything through again, because somebody says that the account was mended. Returns how many deliveries waited. */
  async resume(target: Target): Promise<number> {
    return this.open(target, {});
  }

  /** A try that ended without an answer to whether the tag works: another delivery may try at once. */
  async giveUpTry(delivery: TagDelivery): Promise<void> {
    await this.database.query
      .update(tagHealth)
      .set({ probeDelivery: null, probeAt: sql`now()` })
      .where(and(is(delivery), eq(tagHealth.probeDelivery, delivery.id)));
  }

  /** The tags that are stopped. */
  async stopped(): Promise<Target[]> {
    const { provider, tag, stoppedAt } = tagHealth;
    return this.database.query.select({ provider, tag }).from(tagHealth).where(isNotNull(stoppedAt));
  }

  private async mayTry(delivery: TagDelivery): Promise<boolean> {
    const isIt = sql`${tagHealth.probeDelivery} is not distinct from ${delivery.id}`;
    const tries = await this.database.query
      .update(tagHealth)
      .set({
        probeDelivery: delivery.id,
        probeAt: sql`now() + ${PROBE_LEASE_SECONDS} * interval '1 second'`,
        probes: sql`${tagHealth.probes} + case when ${isIt} then 0 else 1 end`,
      })
      .where(and(is(delivery), sql`${tagHealth.stoppedAt} is not null and (${isIt} or ${tagHealth.probeAt} <= now())`));
    return tries.rowCount === 1;
  }

  /** The first to stop the tag and the one that tried in vain set the time of the next try; nobody else does. */
  private async close(delivery: TagDelivery, error: ProviderError, pace: ProbePace): Promise<void> {
    const { provider, tag, id } = delivery;
    const asked = (error.retryAfterMs ?? 0) / 1000;
    const wait = sql`greatest(${asked}::float8,
      least(${pace.longest}::float8, ${pace.first} * power(2, least(tag_health.probes, 20))) * (0.75 + 0.5 * random()))`;
    const isNews = sql`(tag_health.stopped_at is null or tag_health.probe_delivery = ${id}::uuid)`;
    await this.database.transaction(async (tx) => {
      await tx.execute(sql`
        insert into tag_health (provider, tag) values (${provider}, ${tag}) on conflict (provider, tag) do nothing`);
      await tx.execute(sql`
        update tag_health set
          stopped_at = coalesce(stopped_at, now()),
          stop_code = case when ${isNews} then ${error.code} else stop_code end,
          stop_message = case when ${isNews} then ${error.message} else stop_message end,
          probe_at = case when ${isNews} then now() + ${wait} * interval '1 second' else probe_at end,
          probe_delivery = case when ${isNews} then null else probe_delivery end
        where provider = ${provider} and tag = ${tag}`);
    });
    this.logger.warn(`${provider}/${tag} is stopped: ${error.code}: ${error.message}`);
  }

  private async open(target: Target, news: { lastSuccessAt?: ReturnType<typeof sql> }): Promise<number> {
    return this.database.transaction(async (tx) => {
      const opened = { stoppedAt: null, stopCode: null, stopMessage: null, probeAt: null, probeDelivery: null };
      await tx
        .update(tagHealth)
        .set({ ...opened, ...news, probes: 0, outages: 0 })
        .where(is(target));
      return this.held.free(tx, target);
    });
  }
}

function is({ provider, tag }: Target) {
  return and(eq(tagHealth.provider, provider), eq(tagHealth.tag, tag));
}
