import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { SetupError } from '../core/errors.js';

/** Takes a request before anything else does; false where it leaves it to the rest. */
export type Front = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Serves HTTP; resolves once it listens. Throws SetupError where the address cannot be had. */
export async function listen(
  fetch: Parameters<typeof getRequestListener>[0],
  host: string,
  port: number,
  front: Front = () => false,
): Promise<Server> {
  const rest = getRequestListener(fetch, { hostname: host });
  const server = createServer((request, response) => {
    if (!front(request, response)) void rest(request, response);
  });
  return await new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(told(cause, host, port)));
    server.listen(port, host, () => resolve(server));
  });
}

/** Whether the address can be had, before anything else is begun. Throws SetupError where it cannot. */
export async function checkPort(host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createTcpServer();
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
