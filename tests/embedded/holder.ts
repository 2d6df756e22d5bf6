// Holds an embedded Postgres until it is told to stop (SIGTERM) or killed: what the tests of sudden ends kill.
import pino from 'pino';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.js';

const postgres = await startEmbeddedPostgres(process.argv[2]!, pino({ level: 'silent' }));
console.log(JSON.stringify({ url: postgres.url, pid: postgres.pid }));
process.once('SIGTERM', () => void postgres.stop());
