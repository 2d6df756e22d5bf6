// Runs first in every worker: when vitest itself is killed, its workers would finish their tests first, and with them
// the Redis servers and browsers that they started. The servers end with the workers, so the workers end at once.
process.once('disconnect', () => process.exit(1));
