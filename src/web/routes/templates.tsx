import { Hono } from 'hono';
import { z } from 'zod';
import { MediaError } from '../../core/errors.js';
import { formatFaults, letterNumber, NUMBER_FORMAT, NUMBER_PARTS } from '../../core/letterNumber.js';
import { bodyFaults, fillBody, knownFields, Letterhead, VillageTemplate } from '../../core/letterTemplate.js';
import type { LetterTemplate } from '../../core/letterTemplate.js';
import { printOf, templateOf, titleLines } from '../../effects/issueLetters.js';
import { redrawLogo } from '../../media/logo.js';
import { insertAudit } from '../../store/audit.js';
import { inTransaction } from '../../store/sql.js';
import {
  advanceCounter,
  ownTemplates,
  saveTemplate,
  templateVersions,
  templateVillages,
} from '../../store/letters/templates.js';
import type { TemplateVillage } from '../../store/letters/templates.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import type { Given } from '../form.js';
import { PageError } from '../pageError.js';
import { HeadPage, TemplatePage, TemplatesPage } from '../views/templates.js';
import type { HeadProps, TemplateProps } from '../views/templates.js';

const SaveForm = z.object({
  title: z.string(),
  body: z.string(),
  signer: z.enum(['head', 'deputy']),
  /** What the button says: to look first, or to keep. */
  act: z.enum(['preview', 'save']),
});
const HeadForm = Letterhead.extend({ no_logo: z.literal('yes').optional() });
const StartForm = z.object({ last: z.coerce.number().int().min(0).max(99_999) });

/** What a village's letters say: their letterhead and numbers, and the body of each; every version is kept. */
export function templateRoutes(deps: WebDeps): Hono<WebEnv> {
  const letters = () =>
    Object.entries(deps.services).flatMap(([id, { title, letter }]) =>
      letter ? [{ id, title, letter }] : [],
    );

  const villageOf = async (c: WebContext): Promise<TemplateVillage> => {
    const { scope } = allowed(c, 'templates.manage');
    const [village] = await templateVillages(deps.pool, scope, c.req.param('village') ?? '');
    if (!village) throw new PageError(404);
    return village;
  };
  const shippedOf = (c: WebContext): { id: string; letter: LetterTemplate } => {
    const found = letters().find(({ id }) => id === c.req.param('service'));
    if (!found) throw new PageError(404);
    return found;
  };

  /** A letter of invented data, as the village's would look. */
  const sample = async (
    village: TemplateVillage,
    template: LetterTemplate,
    service: string,
  ): Promise<string> => {
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: village.zone }).format(deps.now());
    const values: { [field: string]: string } = Object.fromEntries(
      Object.entries(knownFields(template)).map(([field, { sample: text }]) => [field, text]),
    );
    const number = letterNumber(village.letterhead.number_format || NUMBER_FORMAT, {
      classification: deps.services[service]?.classification ?? '',
      sequence: 1,
      officeCode: village.officeCode ?? '…',
      day,
    });
    const own = {
      nama_desa: village.name,
      desa: `${village.type === 'kelurahan' ? 'Kelurahan' : 'Desa'} ${village.name}`,
      kecamatan: village.district,
      nomor: number,
    };
    const head = { village, letterhead: village.letterhead };
    const isHead = template.signer === 'head';
    return await deps.letterPicture({
      print: printOf(head, {
        title: template.title,
        number,
        blocks: fillBody(template.body, { ...values, ...own }).blocks,
        date: values['tanggal']!,
        signerTitle: titleLines(head, isHead ? 'kepala_desa' : 'sekretaris', isHead ? null : 'kepala_desa'),
        signer: values['penandatangan']!,
        isHead,
      }),
      verifyUrl: deps.settings.publicUrl === null ? null : `${deps.settings.publicUrl}/verifikasi/contoh`,
      logo: village.logo,
      isDraft: true,
      at: deps.now(),
    });
  };

  const save = async (
    c: WebContext,
    to: Omit<Parameters<typeof saveTemplate>[1], 'officerId'>,
    action: string,
  ): Promise<void> => {
    const { officer } = allowed(c, 'templates.manage');
    await inTransaction(deps.pool, async (sql) => {
      const version = await saveTemplate(
        sql,
        { ...to, officerId: officer.id },
        {
          newId: deps.newId,
          now: deps.now(),
        },
      );
      const data = { service: to.service, version };
      const entry = { officerId: officer.id, action, subjectKind: 'village', subjectId: to.villageId, data };
      await insertAudit(sql, [entry], deps.newId, deps.now());
    });
  };

  const headPage = async (c: WebContext, more: Partial<HeadProps> = {}, status: 200 | 400 = 200) => {
    const village = await villageOf(c);
    const versions = await templateVersions(deps.pool, village.id, '');
    const view = c.get('view');
    return c.html(
      <HeadPage view={view} village={village} versions={versions} notice={c.req.query('kabar')} {...more} />,
      status,
    );
  };

  const templatePage = async (c: WebContext, more: Partial<TemplateProps> = {}, status: 200 | 400 = 200) => {
    const village = await villageOf(c);
    const { id, letter } = shippedOf(c);
    const versions = await templateVersions(deps.pool, village.id, id);
    const own = (await ownTemplates(deps.pool, village.id)).get(id) ?? null;
    return c.html(
      <TemplatePage
        view={c.get('view')}
        village={village}
        service={id}
        template={templateOf(letter, own)!}
        isOwn={own !== null}
        fields={knownFields(letter)}
        versions={versions}
        notice={c.req.query('kabar')}
        {...more}
      />,
      status,
    );
  };

  return (
    new Hono<WebEnv>()
      .get('/templat', async (c) => {
        const { scope } = allowed(c, 'templates.manage');
        const villages = await templateVillages(deps.pool, scope);
        const asked = c.req.query('desa');
        const village =
          villages.find(({ id }) => id === asked) ?? (villages.length === 1 ? villages[0]! : null);
        const own = village ? await ownTemplates(deps.pool, village.id) : new Map<string, VillageTemplate>();
        return c.html(
          <TemplatesPage
            view={c.get('view')}
            villages={villages}
            village={village}
            letters={letters().map(({ id, title }) => ({ id, title, isOwn: own.has(id) }))}
            notice={c.req.query('kabar')}
          />,
        );
      })
      .get('/templat/:village/kop', (c) => headPage(c))
      .get('/templat/:village/logo.png', async (c) => {
        const { logo } = await villageOf(c);
        if (!logo) throw new PageError(404);
        c.header('Content-Type', 'image/png');
        return c.body(new Uint8Array(logo));
      })
      .post('/templat/:village/kop', async (c) => {
        const village = await villageOf(c);
        const form = await readForm(c, HeadForm);
        if (!form.data) return headPage(c, { faultKey: 'templates.fault_head', given: form.given }, 400);
        const { no_logo: hasNoLogo, ...data } = form.data;
        const faults = formatFaults(data.number_format || NUMBER_FORMAT, data.counter);
        if (faults.unknown.length > 0)
          return headPage(
            c,
            {
              fault: {
                key: 'templates.unknown_part',
                values: { names: faults.unknown.join(', '), known: NUMBER_PARTS.join(', ') },
              },
              given: form.given,
            },
            400,
          );
        if (faults.lacking.length > 0)
          return headPage(
            c,
            {
              fault: { key: 'templates.lacking_part', values: { names: faults.lacking.join(', ') } },
              given: form.given,
            },
            400,
          );
        const body = await c.req.parseBody();
        let logo: Uint8Array | null = hasNoLogo ? null : village.logo;
        const file = body['logo'];
        if (file instanceof File && file.size > 0) {
          try {
            logo = await redrawLogo(new Uint8Array(await file.arrayBuffer()));
          } catch (cause) {
            if (!(cause instanceof MediaError)) throw cause;
            return headPage(c, { faultKey: 'templates.fault_logo', given: form.given }, 400);
          }
        }
        await save(c, { villageId: village.id, service: '', content: data, logo }, 'letterhead.saved');
        return c.redirect(`/console/templat/${village.id}/kop?kabar=template_saved`, 303);
      })
      // Where the paper agenda of the year is further than we are.
      .post('/templat/:village/nomor', async (c) => {
        const village = await villageOf(c);
        const { officer } = allowed(c, 'templates.manage');
        const form = await readForm(
          c,
          StartForm.extend({ classification: z.string().trim().max(30).default('') }),
        );
        if (!form.data) return headPage(c, { faultKey: 'templates.fault_start' }, 400);
        const year = Number(
          new Intl.DateTimeFormat('en-CA', { timeZone: village.zone, year: 'numeric' }).format(deps.now()),
        );
        const counter = village.letterhead.counter === 'village' ? '' : form.data.classification;
        if (village.letterhead.counter === 'code' && counter === '')
          return headPage(c, { faultKey: 'templates.fault_start' }, 400);
        const { last } = form.data;
        await inTransaction(deps.pool, async (sql) => {
          await advanceCounter(sql, { villageId: village.id, counter, year, last });
          const entry = {
            officerId: officer.id,
            action: 'letter_counter.advanced',
            subjectKind: 'village',
            subjectId: village.id,
            data: { counter, year, last },
          };
          await insertAudit(sql, [entry], deps.newId, deps.now());
        });
        return c.redirect(`/console/templat/${village.id}/kop?kabar=template_counter`, 303);
      })
      .get('/templat/:village/surat/:service', (c) => templatePage(c))
      .get('/templat/:village/surat/:service/contoh.svg', async (c) => {
        const village = await villageOf(c);
        const { id, letter } = shippedOf(c);
        const own = (await ownTemplates(deps.pool, village.id)).get(id) ?? null;
        c.header('Content-Type', 'image/svg+xml');
        return c.body(await sample(village, templateOf(letter, own)!, id));
      })
      .post('/templat/:village/surat/:service', async (c) => {
        const village = await villageOf(c);
        const { id, letter } = shippedOf(c);
        const form = await readForm(c, SaveForm);
        const given: Given = form.given;
        const { act, ...typed } = form.data ?? { act: null };
        const read = VillageTemplate.safeParse({ ...typed, body: given['body']?.replaceAll('\r\n', '\n') });
        if (!form.data || !read.success)
          return templatePage(c, { faultKey: 'templates.fault_words', given }, 400);
        const known = Object.keys(knownFields(letter));
        const { unknown, isUneven } = bodyFaults(read.data.body, known);
        if (unknown.length > 0)
          return templatePage(
            c,
            {
              fault: {
                key: 'templates.unknown_field',
                values: {
                  names: unknown.map((name) => `{${name}}`).join(', '),
                  known: known.map((name) => `{${name}}`).join(', '),
                },
              },
              given,
            },
            400,
          );
        if (isUneven) return templatePage(c, { faultKey: 'templates.uneven', given }, 400);
        if (act === 'preview') {
          const svg = await sample(village, templateOf(letter, read.data)!, id);
          return templatePage(c, {
            given,
            preview: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
          });
        }
        await save(
          c,
          { villageId: village.id, service: id, content: read.data, logo: null },
          'template.saved',
        );
        return c.redirect(`/console/templat/${village.id}/surat/${id}?kabar=template_saved`, 303);
      })
      // Going back is a step forward: a new version with what an older one said; 0 is what came with the program.
      .post('/templat/:village/:kind{kop|surat}/:service/kembali/:version', async (c) => {
        const village = await villageOf(c);
        const service = c.req.param('kind') === 'kop' ? '' : shippedOf(c).id;
        const wanted = Number(c.req.param('version'));
        const older = (await templateVersions(deps.pool, village.id, service)).find(
          ({ version }) => version === wanted,
        );
        if (!older && wanted !== 0) throw new PageError(404);
        const content = older?.content ?? null;
        await save(
          c,
          {
            villageId: village.id,
            service,
            content:
              service === '' ? Letterhead.parse(content ?? {}) : VillageTemplate.nullable().parse(content),
            logo: older?.logo ?? null,
          },
          service === '' ? 'letterhead.restored' : 'template.restored',
        );
        const page = service === '' ? 'kop' : `surat/${service}`;
        return c.redirect(`/console/templat/${village.id}/${page}?kabar=template_restored`, 303);
      })
  );
}
