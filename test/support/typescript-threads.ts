// Threads of a Jest process are not Jest's: they load the sources as processes of their own do. A module of the core sees this
// list through what the service hands on.
process.execArgv.push('--import', new URL('./typescript-hook.ts', import.meta.url).href);
