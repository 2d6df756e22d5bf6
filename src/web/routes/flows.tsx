import { Hono } from 'hono';
import { z } from 'zod';
import type { ChangedFiles, TriedOut } from '../../core/flowDesk.js';
import type { TextFormat } from '../../flow/texts/folder.js';
import { insertAudit } from '../../store/audit.js';
import {
  insertProposal,
  listPublications,
  publish,
  readPublication,
  rollBack,
  turnDown,
} from '../../store/publications.js';
import { inTransaction, type Sql } from '../../store/sql.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { graphOf } from '../flowGraph.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { isKeeper, scopeOf } from '../policy.js';
import { FlowEditPage } from '../views/flowEdit.js';
import { FlowPage, Play } from '../views/flow.js';
import { FlowsPage } from '../views/flows.js';
import { FlowUploadPage } from '../views/flowUpload.js';
import { PublicationPage } from '../views/publication.js';
import { DEFAULT_LANGUAGE } from '../../words/languages.js';

const MOST_LINES = 60;
const PlayForm = z.object({
  saluran: z.enum(['telegram', 'whatsapp']).default('telegram'),
  bahasa: z
    .string()
    .regex(/^[a-z]{2,3}$/u)
    .default('id'),
  /** What was said so far, one line each; and what is said now. */
  sudah: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((given) => (given === undefined ? [] : [given].flat()))
    .pipe(z.array(z.string().max(500)).max(MOST_LINES)),
  kata: z.string().trim().max(500).default(''),
  /** The button that was tapped instead. */
  ketuk: z.string().max(100).optional(),
});
const ProposeForm = z.object({ catatan: z.string().trim().min(3).max(300) });
const RollBackForm = z.object({ ke: z.union([z.literal('asli'), z.uuid()]) });
/** A field of the editor: `teks:services/business-letter.yaml`. */
const TEXT_FIELD = 'teks:';
/** A conversation that is meant to go another way: `berubah:<path>`. */
const MEANT_FIELD = 'berubah:';

/** The flows drawn, played, changed by two people, and put back. */
export function flowRoutes(deps: WebDeps): Hono<WebEnv> {
  const { flowDesk: desk, pool } = deps;

  function flowOf(c: WebContext) {
    const flow = desk.flows().byId.get(c.req.param('flow') ?? '');
    if (!flow) throw new PageError(404);
    return flow;
  }

  /** The files of a flow that a clerk may change: its own, and its words in each further language. */
  async function filesOf(file: string, flow: string): Promise<{ path: string; text: string }[]> {
    const own = file.replace(/^[^/]+\//u, '');
    const others = desk.languages().map((language) => `text/${language}/${flow}.yaml`);
    return await Promise.all(
      [own, ...others].map(async (path) => ({ path, text: (await desk.readFile(path)) ?? '' })),
    );
  }

  async function publicationOf(c: WebContext) {
    const id = z.uuid().safeParse(c.req.param('id'));
    const found = id.success ? await readPublication(pool, id.data) : null;
    if (!found) throw new PageError(404);
    return found;
  }

  function keeper(c: WebContext) {
    const { officer } = allowed(c, 'flows.publish');
    if (!isKeeper(officer, 'flows.publish')) throw new PageError(403);
    return officer;
  }

  async function note(sql: Sql, officerId: string, action: string, subjectId: string): Promise<void> {
    const entry = { officerId, action, subjectKind: 'flow_publication', subjectId };
    await insertAudit(sql, [entry], deps.newId, deps.now());
  }

  return new Hono<WebEnv>()
    .get('/alur', async (c) => {
      const { officer } = allowed(c, 'flows.read');
      return c.html(
        <FlowsPage
          view={c.get('view')}
          flows={desk.flows()}
          state={desk.state()}
          publications={await listPublications(pool)}
          mayRollBack={isKeeper(officer, 'flows.publish')}
          mayPropose={scopeOf(officer, 'flows.propose') !== null}
          notice={c.req.query('kabar')}
        />,
      );
    })
    .get('/alur/kata', async (c) => {
      allowed(c, 'flows.propose');
      return c.html(<FlowUploadPage view={c.get('view')} coverage={await desk.coverage()} note="" />);
    })
    .get('/alur/kata/:file{[a-z]{2,3}\\.(?:xlsx|po)}', async (c) => {
      allowed(c, 'flows.propose');
      const [language, format] = c.req.param('file').split('.') as [string, TextFormat];
      if (language !== DEFAULT_LANGUAGE && !desk.languages().includes(language)) throw new PageError(404);
      const bytes = await desk.exportTexts(language, format);
      return c.body(new Uint8Array(bytes), 200, {
        'Content-Type': FILE_TYPES[format],
        'Content-Disposition': `attachment; filename="kentongan-${language}.${format}"`,
      });
    })
    .post('/alur/kata', async (c) => {
      const { officer } = allowed(c, 'flows.propose');
      const body = await c.req.parseBody();
      const note = typeof body['catatan'] === 'string' ? body['catatan'] : '';
      const again = async (why: Partial<Parameters<typeof FlowUploadPage>[0]>) =>
        c.html(
          <FlowUploadPage view={c.get('view')} coverage={await desk.coverage()} note={note} {...why} />,
          400,
        );
      const words = ProposeForm.safeParse({ catatan: note });
      if (!words.success) return again({ faultKey: 'flows.fault_note' });
      const file = body['berkas'];
      if (!(file instanceof File) || file.size === 0) return again({ faultKey: 'flows.fault_file' });
      const imported = await desk.importTexts(new Uint8Array(await file.arrayBuffer()));
      if (typeof imported === 'string') return again({ unreadable: imported });
      if (imported.faults.length > 0 || imported.broken.length > 0) return again({ imported });
      if (Object.keys(imported.files).length === 0) return again({ faultKey: 'flows.fault_same' });
      const tried = await desk.tryOut(imported.files);
      // Words lead nobody another way: where they do, a button or an answer is not known by them any more.
      if (tried.faults.length > 0 || tried.changed.some(({ isSameWay }) => !isSameWay))
        return again({ tried });
      const id = await propose(tried, words.data.catatan, officer.id);
      return c.redirect(`/console/alur/terbitan/${id}?kabar=proposed`, 303);
    })
    .get('/alur/:flow', async (c) => {
      const { officer } = allowed(c, 'flows.read');
      const flow = flowOf(c);
      const settings = { channel: 'telegram', language: 'id' } as const;
      const played = desk.play(flow.id, settings, []);
      return c.html(
        <FlowPage
          view={c.get('view')}
          flow={flow}
          languages={desk.flows().languages}
          drawing={await drawn(flow, c.get('view').language)}
          play={{ settings, said: [], played }}
          mayPropose={scopeOf(officer, 'flows.propose') !== null}
        />,
      );
    })
    .post('/alur/:flow/main', async (c) => {
      const { officer } = allowed(c, 'flows.read');
      const flow = flowOf(c);
      const form = await readForm(c, PlayForm);
      if (!form.data) throw new PageError(400);
      const { saluran, bahasa, sudah, ketuk } = form.data;
      const kata = ketuk === undefined ? form.data.kata : `[tap: ${ketuk}]`;
      const settings = { channel: saluran, language: bahasa };
      const said = kata === '' ? sudah : [...sudah, kata].slice(0, MOST_LINES);
      const play = { settings, said, played: desk.play(flow.id, settings, said) };
      const languages = desk.flows().languages;
      const drawing = await drawn(flow, c.get('view').language);
      if (c.req.header('hx-request'))
        return c.html(
          <Play view={c.get('view')} flow={flow} languages={languages} play={play} drawing={drawing} />,
        );
      const mayPropose = scopeOf(officer, 'flows.propose') !== null;
      return c.html(
        <FlowPage
          view={c.get('view')}
          flow={flow}
          languages={languages}
          drawing={drawing}
          play={play}
          mayPropose={mayPropose}
        />,
      );
    })
    .get('/alur/:flow/ubah', async (c) => {
      allowed(c, 'flows.propose');
      const flow = flowOf(c);
      const files = await filesOf(flow.file, flow.id);
      return c.html(<FlowEditPage view={c.get('view')} flow={flow} files={files} note="" tried={null} />);
    })
    .post('/alur/:flow/ubah', async (c) => {
      const { officer } = allowed(c, 'flows.propose');
      const flow = flowOf(c);
      const form = await readForm(c, ProposeForm);
      const before = await filesOf(flow.file, flow.id);
      const files = before.map(({ path, text }) => ({
        path,
        text: typed(form.given[TEXT_FIELD + path], text),
      }));
      const changes: ChangedFiles = {};
      for (const [i, { path, text }] of files.entries())
        if (text !== before[i]!.text) changes[path] = text.trim() === '' ? null : text;
      const again = (tried: TriedOut | null, faultKey?: 'flows.fault_note' | 'flows.fault_same') =>
        c.html(
          <FlowEditPage
            view={c.get('view')}
            flow={flow}
            files={files}
            note={form.given['catatan'] ?? ''}
            tried={tried}
            meant={new Set(meantOf(form.given))}
            faultKey={faultKey}
          />,
          400,
        );
      if (Object.keys(changes).length === 0) return again(null, 'flows.fault_same');
      const tried = await desk.tryOut(changes);
      if (tried.faults.length > 0) return again(tried);
      const meant = new Set(meantOf(form.given));
      if (
        tried.changed.some(({ path, after, isSameWay }) => after === null || (!isSameWay && !meant.has(path)))
      )
        return again(tried);
      if (!form.data) return again(tried, 'flows.fault_note');
      const id = await propose(tried, form.data.catatan, officer.id);
      return c.redirect(`/console/alur/terbitan/${id}?kabar=proposed`, 303);
    })
    .get('/alur/terbitan/:id', async (c) => {
      const { officer } = allowed(c, 'flows.read');
      const publication = await publicationOf(c);
      return c.html(
        <PublicationPage
          view={c.get('view')}
          publication={publication}
          changes={await changesOf(publication.files, publication.baseId)}
          officer={officer}
          isKeeper={isKeeper(officer, 'flows.publish')}
          notice={c.req.query('kabar')}
        />,
      );
    })
    .post('/alur/terbitan/:id/setuju', async (c) => {
      const officer = keeper(c);
      const { id } = await publicationOf(c);
      const outcome = await inTransaction(pool, async (sql) => {
        const decided = await publish(sql, id, { officerId: officer.id, now: deps.now() });
        if (decided === 'done') await note(sql, officer.id, 'flows.publish', id);
        return decided;
      });
      if (outcome === 'done') await desk.refresh();
      return c.redirect(`/console/alur/terbitan/${id}?kabar=publish_${outcome}`, 303);
    })
    .post('/alur/terbitan/:id/tolak', async (c) => {
      const { officer } = allowed(c, 'flows.propose');
      const { id, proposedBy } = await publicationOf(c);
      if (proposedBy !== officer.id) keeper(c);
      const outcome = await inTransaction(pool, async (sql) => {
        const decided = await turnDown(sql, id, { officerId: officer.id, now: deps.now() });
        if (decided !== 'not_found') await note(sql, officer.id, `flows.${decided}`, id);
        return decided;
      });
      return c.redirect(`/console/alur/terbitan/${id}?kabar=publish_${outcome}`, 303);
    })
    .post('/alur/terbitan/kembali', async (c) => {
      const officer = keeper(c);
      const form = await readForm(c, RollBackForm);
      if (!form.data) throw new PageError(400);
      const id = form.data.ke === 'asli' ? null : form.data.ke;
      const isDone = await inTransaction(pool, async (sql) => {
        const found = await rollBack(sql, id);
        if (found) await note(sql, officer.id, 'flows.roll_back', id ?? NONE);
        return found;
      });
      if (!isDone) throw new PageError(404);
      await desk.refresh();
      return c.redirect('/console/alur?kabar=rolled_back', 303);
    });

  async function propose(tried: TriedOut, words: string, officerId: string): Promise<string> {
    const id = deps.newId();
    const before = tried.baseId === null ? null : await readPublication(pool, tried.baseId);
    const chats = { ...before?.chats };
    for (const { path, after } of tried.changed) chats[path] = after!;
    const { files, baseId } = tried;
    await inTransaction(pool, async (sql) => {
      await insertProposal(sql, { id, baseId, files, chats, note: words, officerId }, deps.now());
      await note(sql, officerId, 'flows.propose', id);
    });
    return id;
  }

  /** What a publication changes, file by file, against what was in use when it was proposed. */
  async function changesOf(files: { [path: string]: { text: string | null } }, baseId: string | null) {
    const base = baseId === null ? {} : ((await readPublication(pool, baseId))?.files ?? {});
    const paths = [...new Set([...Object.keys(files), ...Object.keys(base)])].sort();
    const changes = await Promise.all(
      paths.map(async (path) => ({
        path,
        before: (path in base ? base[path]!.text : await desk.readShipped(path)) ?? '',
        after: (path in files ? files[path]!.text : await desk.readShipped(path)) ?? '',
      })),
    );
    return changes.filter(({ before, after }) => before !== after);
  }
}

const FILE_TYPES: { [F in TextFormat]: string } = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  po: 'text/x-gettext-translation; charset=utf-8',
};
/** The subject of an audit line where the flows as shipped are meant. */
const NONE = '00000000-0000-0000-0000-000000000000';

/** As a browser sends a text area: with carriage returns, and perhaps without its last line break. */
function typed(given: string | undefined, otherwise: string): string {
  if (given === undefined) return otherwise;
  const text = given.replaceAll('\r\n', '\n').trimEnd();
  return text === '' ? '' : `${text}\n`;
}

function meantOf(given: { [field: string]: string }): string[] {
  return Object.keys(given).flatMap((name) =>
    name.startsWith(MEANT_FIELD) ? [name.slice(MEANT_FIELD.length)] : [],
  );
}

/** Drawn once for each version and language: the layout takes some ten milliseconds. */
const drawings = new Map<string, Awaited<ReturnType<typeof layOut>>>();
const MOST_DRAWINGS = 200;

async function drawn(flow: Parameters<typeof layOut>[0], language: string) {
  const key = `${flow.id} ${flow.hash} ${language}`;
  let drawing = drawings.get(key);
  if (!drawing) {
    drawing = await layOut(flow, language);
    if (drawings.size >= MOST_DRAWINGS) drawings.clear();
    drawings.set(key, drawing);
  }
  return drawing;
}

/** dagre is loaded by the first drawing alone. */
async function layOut(flow: Parameters<typeof graphOf>[0], language: string) {
  const { draw } = await import('../flowDrawing.js');
  return draw(graphOf(flow, language));
}
