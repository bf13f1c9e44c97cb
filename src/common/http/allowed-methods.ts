import { METHODS } from 'node:http';
import type { Express } from 'express';

/** What this file needs of Express' own route table; `match` has no side effect. */
interface RouteLayer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): unknown;
}

/**
 * The methods that the path takes, for `Allow`; empty where no route has this path. Asked of the router itself, so that
 * parameters, prefixes and routes registered outside controllers count as they do when a request is routed.
 */
export function allowedMethods(app: Express, path: string): string[] {
  const layers = app.router.stack as unknown as readonly RouteLayer[];
  const methods = new Set<string>();
  for (const layer of layers) {
    if (!layer.route || takesAll(layer.route.methods) || !matches(layer, path)) continue;
    Object.keys(layer.route.methods).forEach((method) => methods.add(method.toUpperCase()));
  }
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

/** Middleware that was mounted on a path answers nothing. `router.all` marks it, `app.all` lists every method. */
function takesAll(methods: Readonly<Record<string, boolean>>): boolean {
  return methods._all === true || METHODS.every((method) => methods[method.toLowerCase()]);
}

/** A path that cannot be decoded matches nothing. */
function matches(layer: RouteLayer, path: string): boolean {
  try {
    return Boolean(layer.match(path));
  } catch {
    return false;
  }
}
