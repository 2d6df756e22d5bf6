import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A connection that is not there after this long never will be; well under a call's own time-out. */
const CONNECT_MS = 8000;
/**
 * An idle connection is closed after this long, before the server closes it: a request on one that the server has
 * just closed breaks, and then nobody knows whether it was carried out.
 */
const IDLE_MS = 4000;

const OPTIONS = { keepAlive: true, keepAliveMsecs: 10_000, timeout: IDLE_MS, maxFreeSockets: 8 };

/**
 * Keeps connections alive, and tells "never connected" (ECONNTIMEOUT: nothing was sent, try again) from "connected
 * and then silent" (nobody knows). Without it a dead network would make every message one of unknown outcome.
 */
export function createAgent(apiRoot: string, connectMs = CONNECT_MS): HttpAgent {
  const isHttps = apiRoot.startsWith('https:');
  const agent = isHttps ? new HttpsAgent(OPTIONS) : new HttpAgent(OPTIONS);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) =>
    watch(connect(options, callback), isHttps ? 'secureConnect' : 'connect', connectMs);
  return agent;
}

function watch<D extends Duplex | null | undefined>(connection: D, connected: string, ms: number): D {
  const socket = connection as Socket | null | undefined;
  if (!socket) return connection;
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error(`no connection within ${ms} ms`), { code: 'ECONNTIMEOUT' }));
  }, ms);
  const done = () => clearTimeout(timer);
  socket.once(connected, done).once('close', done).once('error', done);
  return connection;
}
