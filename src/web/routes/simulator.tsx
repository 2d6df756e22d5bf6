import { Hono } from 'hono';
import { z } from 'zod';
import { storable } from '../../core/identityNumbers.js';
import type { SimulatedPerson, Simulator } from '../../core/simulator.js';
import { isOfSimulator } from '../../store/web/files.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { streamPart } from '../live.js';
import { PageError } from '../pageError.js';
import { sendFile } from '../sendFile.js';
import { isLocal } from '../source.js';
import { ChatPartials, SimulatorPage } from '../views/simulator.js';

/** Messages that a phone's screen shows. */
const SHOWN = 60;
/** In front of the village office of Gintangan, where the demonstration is at home. */
const HERE = { latitude: -8.3226, longitude: 114.2716, label: 'Balai Desa Gintangan' };
const PHOTO_BYTES = 10 * 1024 * 1024;
const PHOTOS = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];

const WriteForm = z.object({ text: z.string().trim().min(1).max(4000) });
const TapForm = z.object({ message: z.string().min(1).max(200), payload: z.string().min(1).max(64) });

/** Phones side by side on real lines: for trying the whole village on one screen. From this machine only. */
export function simulatorRoutes(deps: WebDeps, simulator: Simulator): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.use(async (c, next) => {
    if (!isLocal(c)) throw new PageError(403, 'simulator.not_here');
    await next();
  });
  return routes
    .get('/', async (c) =>
      c.html(<SimulatorPage view={c.get('view')} chats={await chats(simulator.people)} />),
    )
    .get('/live', (c) => {
      const dirty = new Set(simulator.people);
      return streamPart(
        c,
        (listener) =>
          simulator.subscribe(null, ({ personId }) => {
            const person = simulator.people.find(({ id }) => id === personId);
            if (person) dirty.add(person);
            listener();
          }),
        async () => {
          const changed = await chats(dirtied(dirty));
          return <ChatPartials view={{ ...c.get('view'), now: deps.now() }} chats={changed} />;
        },
      );
    })
    .post('/:person/tulis', async (c) => {
      const person = personOf(c);
      const form = await readForm(c, WriteForm);
      if (!form.data) throw new PageError(400);
      // What a link to the chat would hand in, typed: an invite is tried out so.
      const started = /^\/start ([A-Za-z0-9_-]{1,64})$/u.exec(form.data.text);
      await (started
        ? simulator.opensLink(person.id, started[1]!)
        : simulator.writes(person.id, form.data.text));
      return c.body(null, 204);
    })
    .post('/:person/ketuk', async (c) => {
      const person = personOf(c);
      const form = await readForm(c, TapForm);
      if (!form.data) throw new PageError(400);
      await simulator.taps(person.id, form.data.message, form.data.payload);
      return c.body(null, 204);
    })
    .post('/:person/foto', async (c) => {
      const person = personOf(c);
      const { photo, caption } = await c.req.parseBody();
      if (!(photo instanceof File) || photo.size > PHOTO_BYTES || !PHOTOS.includes(photo.type))
        throw new PageError(400);
      await simulator.sendsPhoto(person.id, new Uint8Array(await photo.arrayBuffer()), {
        mime: photo.type,
        caption: typeof caption === 'string' && caption !== '' ? storable(caption).slice(0, 1000) : undefined,
      });
      return c.body(null, 204);
    })
    .post('/:person/lokasi', async (c) => {
      await simulator.sharesLocation(personOf(c).id, HERE.latitude, HERE.longitude, HERE.label);
      return c.body(null, 204);
    })
    .post('/:person/kontak', async (c) => {
      await simulator.sharesContact(personOf(c).id);
      return c.body(null, 204);
    })
    .get('/gambar/:id', async (c) => {
      const id = z.uuid().safeParse(c.req.param('id'));
      if (!id.success || !(await isOfSimulator(deps.pool, id.data))) throw new PageError(404);
      return sendFile(deps, c, id.data, 'private, max-age=600');
    })
    .get('/berkas/:id', async (c) => {
      const file = await simulator.file(c.req.param('id'));
      if (!file || !PHOTOS.includes(file.mime)) throw new PageError(404);
      return c.body(new Uint8Array(file.bytes), 200, {
        'Content-Type': file.mime,
        'Cache-Control': 'private, max-age=600',
      });
    });

  function personOf(c: WebContext): SimulatedPerson {
    const person = simulator.people.find(({ id }) => id === c.req.param('person'));
    if (!person) throw new PageError(404);
    return person;
  }

  function chats(people: readonly SimulatedPerson[]) {
    return Promise.all(
      people.map(async (person) => ({ person, messages: await simulator.messages(person.id, SHOWN) })),
    );
  }
}

/** Takes what changed since it was last asked. */
function dirtied(dirty: Set<SimulatedPerson>): SimulatedPerson[] {
  const people = [...dirty];
  dirty.clear();
  return people;
}
