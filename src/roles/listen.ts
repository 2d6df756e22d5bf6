import { createServer } from 'node:net';
import { serve, type ServerType } from '@hono/node-server';
import { SetupError } from '../core/errors.js';

/** Serves HTTP; resolves once it listens. Throws SetupError where the address cannot be had. */
export async function listen(
  fetch: Parameters<typeof serve>[0]['fetch'],
  host: string,
  port: number,
): Promise<ServerType> {
  return await new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port }, () => resolve(server));
    server.once('error', (cause: NodeJS.ErrnoException) => reject(told(cause, host, port)));
  });
}

/** Whether the address can be had, before anything else is begun. Throws SetupError where it cannot. */
export async function checkPort(host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once('error', (cause: NodeJS.ErrnoException) => reject(told(cause, host, port)));
    server.listen(port, host, () => server.close(() => resolve()));
  });
}

function told(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  if (cause.code === 'EADDRINUSE')
    return new SetupError([
      `PORT: ${port} on ${host} is taken by another program; choose another, or end that one`,
    ]);
  if (cause.code === 'EACCES' || cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND')
    return new SetupError([`PORT, HOST: cannot listen on ${host}:${port} (${cause.code})`]);
  return cause;
}
