import { readFileSync } from 'node:fs';

/** A table as schema.prisma tells it, or as the database has it: the same shape, to be compared whole. */
export interface Table {
  columns: { [name: string]: { type: string; isNullable: boolean; hasDefault: boolean } };
  primaryKey: string[];
  /** By name: 'unique (a, b)', 'index (a)', 'index gin (a gin_trgm_ops)'. */
  indexes: { [name: string]: string };
  /** By name: 'a -> table (b) on delete cascade'. */
  foreignKeys: { [name: string]: string };
}

const TYPES: { [prisma: string]: string } = {
  String: 'text',
  'String @db.Uuid': 'uuid',
  'String[]': 'text[]',
  'String[] @db.Uuid': 'uuid[]',
  Boolean: 'boolean',
  Bytes: 'bytea',
  Int: 'integer',
  'Int[]': 'integer[]',
  'Int @db.SmallInt': 'smallint',
  BigInt: 'bigint',
  'BigInt[]': 'bigint[]',
  'Decimal @db.Decimal': 'numeric',
  Json: 'jsonb',
  'DateTime @db.Timestamptz(6)': 'timestamp with time zone',
  'Unsupported("tsvector")': 'tsvector',
  'DateTime @db.Date': 'date',
  'DateTime @db.Time(6)': 'time without time zone',
};
const ON_DELETE: { [prisma: string]: string } = {
  NoAction: 'no action',
  Cascade: 'cascade',
  SetNull: 'set null',
};

/** Reads the schema's text: formatted by prisma format, one field or attribute a line. */
export function readPrismaSchema(path: string): { [table: string]: Table } {
  const models = [...readFileSync(path, 'utf8').matchAll(/^model (\w+) \{\n(.*?)^\}/gmsu)].map(
    ([, name, body]) => ({
      name: name!,
      lines: body!
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    }),
  );
  const tableOf = new Map(
    models.map((model) => [model.name, /@@map\("(\w+)"\)/u.exec(model.lines.join('\n'))?.[1] ?? model.name]),
  );
  const columnOf = new Map(models.map((model) => [model.name, fieldsOf(model.lines, tableOf)]));
  return Object.fromEntries(
    models.map(({ name, lines }) => {
      const fields = columnOf.get(name)!;
      const columns = (list: string) => list.split(',').map((field) => fields.get(field.trim())!.column);
      const table: Table = { columns: {}, primaryKey: [], indexes: {}, foreignKeys: {} };
      for (const field of fields.values()) {
        table.columns[field.column] = {
          type: field.type,
          isNullable: field.isNullable,
          hasDefault: field.hasDefault,
        };
        if (/ @id\b/u.test(field.line)) table.primaryKey.push(field.column);
        const unique = / @unique\(map: "(\w+)"\)/u.exec(field.line);
        if (unique) table.indexes[unique[1]!] = `unique (${field.column})`;
      }
      for (const line of lines) {
        const id = /^@@id\(\[([^\]]+)\]\)/u.exec(line);
        if (id) table.primaryKey = columns(id[1]!);
        const index = /^@@(unique|index)\(\[(.+)\](?:, type: Gin)?, map: "(\w+)"\)/u.exec(line);
        if (index)
          table.indexes[index[3]!] =
            `${index[1]}${line.includes('type: Gin') ? ' gin' : ''} (${indexed(index[2]!, columns)})`;
        const relation =
          /^\w+ +(\w+)\?? +@relation\((?:"\w+", )?fields: \[([^\]]+)\], references: \[([^\]]+)\], onDelete: (\w+), onUpdate: NoAction, map: "(\w+)"\)/u.exec(
            line,
          );
        if (relation) {
          const [, model, own, other, onDelete, key] = relation;
          table.foreignKeys[key!] =
            `${columns(own!).join(', ')} -> ${tableOf.get(model!)} (${columnOf.get(model!)!.get(other!)!.column}) on delete ${ON_DELETE[onDelete!]}`;
        }
      }
      return [tableOf.get(name)!, table];
    }),
  );
}

interface Field {
  line: string;
  column: string;
  type: string;
  isNullable: boolean;
  hasDefault: boolean;
}

/** The scalar fields of a model; relations are no columns. */
function fieldsOf(lines: string[], models: Map<string, string>): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const line of lines) {
    const found = /^(\w+) +(\w+(?:\("\w+"\))?)(\[\]|\?)?(?: |$)/u.exec(line);
    if (!found || line.startsWith('@@') || line.startsWith('//') || models.has(found[2]!)) continue;
    const [, name, base, suffix] = found;
    const native = / (@db\.\w+(?:\(\d+\))?)/u.exec(line)?.[1];
    const spelled = `${base}${suffix === '[]' ? '[]' : ''}${native ? ` ${native}` : ''}`;
    const type = TYPES[spelled];
    if (!type) throw new Error(`no Postgres type is known here for ${spelled}: ${line}`);
    fields.set(name!, {
      line,
      type,
      column: / @map\("(\w+)"\)/u.exec(line)?.[1] ?? name!,
      isNullable: suffix === '?',
      hasDefault: / @default\(/u.test(line),
    });
  }
  return fields;
}

/** Classes that Postgres takes by itself: Prisma wants them spelled beside others in a GIN index. */
const USUAL_OPS = new Set(['text_ops', 'tsvector_ops']);

/** 'searchName(ops: raw("gin_trgm_ops"))' → 'search_name gin_trgm_ops'. */
function indexed(list: string, columns: (list: string) => string[]): string {
  return list
    .split(', ')
    .map((part) => {
      const [, field, ops] = /^(\w+)(?:\(ops: raw\("(\w+)"\)\))?$/u.exec(part)!;
      return `${columns(field!)[0]}${ops && !USUAL_OPS.has(ops) ? ` ${ops}` : ''}`;
    })
    .join(', ');
}
