import { defineConfig } from 'vitest/config';

/** For `npm run check`: the room table alone, without the database that the other tests need. */
export default defineConfig({ test: { include: ['tests/layers.test.ts'], root: '.' } });
