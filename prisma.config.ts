import { defineConfig } from 'prisma/config';

// No address of a database: our own migrator applies prisma/migrations, and Prisma's tools only generate.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
});
