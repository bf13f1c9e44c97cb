import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { parseFaults } from './fault.js';
import { asObject, SandboxInputError } from './sandbox-input.js';
import { type SimulatorServer } from './simulator-server.js';

/** The calls under `/_sandbox`: what tests in another process can see and change. Never logged, never disturbed by faults. */
export function controlApi(server: SimulatorServer): Router {
  const router = Router();
  router.use(express.json({ limit: '1mb', strict: false, type: () => true }));
  addObservation(router, server);
  addInterference(router, server);
  router.use((_req: Request, res: Response) => {
    res.status(404).json({ error: 'no such control call' });
  });
  router.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const known = error instanceof SandboxInputError || error instanceof SyntaxError;
    res.status(known ? 400 : 500).json({ error: error instanceof Error ? error.message : 'failed' });
  });
  return router;
}

function addObservation(router: Router, server: SimulatorServer): void {
  router.get('/requests', (req, res) => {
    const path = text(req, 'path');
    const method = text(req, 'method');
    res.json(
      server.requests({
        ...(path === undefined ? {} : { path }),
        ...(method === undefined ? {} : { method }),
        bodies: text(req, 'bodies') !== 'false',
      }),
    );
  });
  router.delete('/requests', (_req, res) => {
    server.clearRequests();
    res.json({ success: true });
  });
  router.get('/faults', (_req, res) => {
    res.json({ faults: server.faults() });
  });
  router.get('/audiences', (req, res) => {
    const offset = wholeNumber(req, 'offset');
    const limit = wholeNumber(req, 'limit');
    res.json({
      audiences: server.audiences({
        members: text(req, 'members') === 'true',
        ...(offset === undefined ? {} : { offset }),
        ...(limit === undefined ? {} : { limit }),
      }),
    });
  });
}

function addInterference(router: Router, server: SimulatorServer): void {
  router.post('/faults', (req, res) => {
    const faults = parseFaults(req.body);
    server.addFaults(...faults);
    res.json({ added: faults.length });
  });
  router.delete('/faults', (_req, res) => {
    server.clearFaults();
    res.json({ success: true });
  });
  router.post('/tokens', (req, res) => {
    const entries = (Array.isArray(req.body) ? (req.body as unknown[]) : [req.body]).map(tokenEntry);
    for (const { token, state } of entries) server.setToken(token, state);
    res.json({ set: entries.length });
  });
  router.patch('/audiences/:id', (req, res) => {
    const audience = server.patchAudience(req.params.id, asObject(req.body, 'the change'));
    if (audience === undefined) res.status(404).json({ error: 'no such audience' });
    else res.json(audience);
  });
  router.post('/clock', (req, res) => {
    server.advanceClock(amount(req.body, 'advanceMs'));
    res.json({ now: new Date(server.now()).toISOString() });
  });
  router.post('/latency', (req, res) => {
    server.setLatency(amount(req.body, 'ms'));
    res.json({ success: true });
  });
  router.post('/reset', (_req, res) => {
    server.reset();
    res.json({ success: true });
  });
}

function tokenEntry(input: unknown): { token: string; state: string } {
  const { token, state } = asObject(input, 'a token');
  if (typeof token !== 'string' || typeof state !== 'string') throw new SandboxInputError('token and state are texts');
  return { token, state };
}

function amount(body: unknown, name: string): number {
  const value = asObject(body, 'the body')[name];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new SandboxInputError(`${name} must be a number, 0 or more`);
  }
  return value;
}

function text(req: Request, name: string): string | undefined {
  const value = req.query[name];
  return typeof value === 'string' ? value : undefined;
}

function wholeNumber(req: Request, name: string): number | undefined {
  const value = text(req, name);
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw new SandboxInputError(`${name} must be a whole number`);
  return Number(value);
}
