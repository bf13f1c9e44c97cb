import { Controller, Get, Headers, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Secured } from '../auth/secured.decorator.js';
import { ApiProblem } from '../common/api-problem.decorator.js';
import { invalidRequest } from '../common/dto-validation.js';
import { decodeCursor, encodeCursor } from '../common/paging/page-cursor.js';
import { EventPageDto, toEventDto } from './dto/event.dto.js';
import { EventFilterDto, EventQueryDto, toEventFilter } from './dto/event-query.dto.js';
import { EventsRepository } from './events.repository.js';
import { EventStreams } from './stream/event-streams.js';

/** A client that takes nothing for so long is cut off; it may resume. */
const SLOWEST_CLIENT_MS = 60_000;
const NO_EVENT = '00000000-0000-0000-0000-000000000000';
const STREAM_EXAMPLE =
  'retry: 2000\nid: 4710\n\nid: 4711\nevent: ready\ndata: {"id":4711,"type":"ready","audience":"01980f6e-7c1a-7b52-a2f4-3f6f2f0f7f57",' +
  '"provider":"facebook","tag":"default","at":"2026-11-21T10:00:00.000Z","data":{"size":12000}}\n\n';

@ApiTags('reading')
@Controller('events')
export class EventsController {
  constructor(
    private readonly events: EventsRepository,
    private readonly streams: EventStreams,
  ) {}

  @Get()
  @Secured('audience:read')
  @ApiOperation({ summary: 'What happened to custom audiences, oldest first' })
  @ApiOkResponse({ type: EventPageDto })
  @ApiProblem(400, 'A parameter is wrong')
  async list(@Query() query: EventQueryDto): Promise<EventPageDto> {
    const { after, order, limit } = query;
    const [seen] = query.cursor === undefined ? [] : decodeCursor(query.cursor, ['serial']);
    const filter = toEventFilter(query);
    if (!filter) return { items: [], nextCursor: null };
    const range = order === 'asc' ? { after: Math.max(after ?? 0, seen ?? 0) } : { after, before: seen };
    const rows = await this.events.list(filter, range, order, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return { items: shown.map(toEventDto), nextCursor: rows.length > limit && last ? encodeCursor([last.id]) : null };
  }

  @Get('stream')
  @Secured('audience:read')
  @ApiOperation({
    summary: 'The same as they happen: server-sent events',
    description:
      'Each event has its id, its type as the name, and as data what `GET /events` shows of it. A client that comes again with ' +
      '`Last-Event-ID`, as browsers do by themselves, gets what it missed, once. A comment every 15 seconds says that the ' +
      'connection lives. Without a place to begin, only what happens from now on is told.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    schema: { type: 'integer', minimum: 0 },
    description: 'The last event that the client has; wins over `after`',
  })
  @ApiOkResponse({
    description: 'A stream without end',
    content: { 'text/event-stream': { schema: { type: 'string' }, example: STREAM_EXAMPLE } },
  })
  @ApiProblem(400, 'A parameter is wrong, or the event to go on after is not there')
  @ApiProblem(503, 'This process has no place for another stream; Retry-After says when to try again')
  async stream(
    @Query() query: EventFilterDto,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const after = resumeAfter(lastEventId) ?? query.after;
    const filter = toEventFilter(query) ?? { audience: NO_EVENT };
    const frames = await this.streams.start({ filter, after, gone: gone.signal });
    response.setTimeout(SLOWEST_CLIENT_MS, () => response.destroy());
    // Proxies are asked not to collect it (nginx), caches not to keep it.
    response.setHeader('X-Accel-Buffering', 'no');
    response.setHeader('Cache-Control', 'no-store');
    return new StreamableFile(frames, { type: 'text/event-stream; charset=utf-8' });
  }
}

function resumeAfter(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined;
  const id = /^\d{1,16}$/.test(lastEventId) ? Number(lastEventId) : NaN;
  if (Number.isSafeInteger(id)) return id;
  throw invalidRequest({ first: [{ field: 'Last-Event-ID', message: 'must be the id of an event, or 0' }], total: 1 });
}
