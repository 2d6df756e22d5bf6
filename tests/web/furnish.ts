import sharp from 'sharp';
import { GINTANGAN } from './support.js';
import type { Web } from './support.js';

const HOUR = 3_600_000;

/** A village at work. */
export async function furnish(
  web: Web,
): Promise<{ code: string; listing: string; ratna: { id: string; name: string } }> {
  const now = web.clock.now.getTime();
  const roles = [
    { role: 'admin', village: null },
    { role: 'sekretaris', village: GINTANGAN },
  ];
  const ratna = await web.officer({ name: 'Ratna Dewi', username: 'ratna', roles, phone: '6281234560001' });
  await web.officer({ name: 'Budi Santoso', phone: '6281234560002' });
  const invited = await web.officer({
    name: 'Bidan Ayu',
    phone: '6281234560003',
    roles: [{ role: 'bidan', village: GINTANGAN }],
  });
  await web.pool.query(
    `INSERT INTO invites (id, officer_id, token_hash, phone, invited_by, expires_at, accepted_at)
     VALUES ($1, $2, 'a', '6281234560003', $3, now() + interval '1 day', now())`,
    [web.deps.newId(), invited.id, ratna.id],
  );
  const late = await web.case({
    resident: 'Siti Aminah',
    openedAt: new Date(now - 30 * HOUR),
    dueAt: new Date(now - 5 * HOUR),
    answers: {
      business_name: 'Warung Sumber Rejeki',
      business_kind: 'trade',
      since: 2014,
      business_address: 'Dusun Krajan RT 02 RW 01',
      purpose: 'kur',
    },
    private: { income: 900_000 },
  });
  const photo = await picture('#7d9a52');
  await web.file({ caseId: late.id, bytes: photo, mime: 'image/jpeg' });
  await web.file({ caseId: late.id, bytes: await picture('#b8a07a'), mime: 'image/jpeg' });
  await web.file({ caseId: late.id, isRestricted: true });
  await web.case({
    resident: 'Wayan Sudarma',
    service: 'sktm',
    openedAt: new Date(now - 3 * HOUR),
    dueAt: new Date(now + 2 * HOUR),
  });
  await web.case({
    resident: 'Maria Ulfa',
    service: 'domisili',
    openedAt: new Date(now - HOUR),
    dueAt: new Date(now + 30 * HOUR),
  });
  await web.case({
    resident: 'Pak Rahasia',
    service: 'infrastruktur',
    isConfidential: true,
    openedAt: new Date(now - HOUR / 2),
  });
  const { code } = late;
  await web.pool.query(`UPDATE conversations SET handed_over_at = now() WHERE id = $1`, [
    late.conversationId,
  ]);
  await web.pool.query(
    `INSERT INTO notifications (id, officer_id, kind, subject_id, number, vars)
     VALUES ($1, $2, 'officer-hand-over', $3, 1, '{"reason": "asked", "text": "Pak, kapan saya bisa ambil suratnya?"}')`,
    [web.deps.newId(), ratna.id, late.conversationId],
  );
  await web.deps.perform(ratna, [
    { kind: 'act_on_case', code, act: 'ask', text: 'Usahanya di dusun mana, Bu?' },
    { kind: 'act_on_case', code, act: 'note', text: 'Pernah datang ke balai desa bulan lalu.' },
  ]);
  const listings = [
    await web.listing({ title: 'Buah naga merah, petik pagi', price: 12_000 }),
    await web.listing({ title: 'Kopi Osing sangrai', price: 85_000 }),
    await web.listing({ title: 'Ikan asin layang', price: null }),
    await web.listing({ title: 'Anyaman bambu Gintangan: tampah, tudung saji dan keranjang', price: 45_000 }),
  ];
  for (const [index, { id }] of listings.entries())
    if (index !== 2)
      await web.file({ listingId: id, bytes: await picture(['#a8324a', '#5b3a22', '', '#c2a25c'][index]!) });
  const waiting = await web.listing({ title: 'Manggis segar', status: 'waiting', price: 60_000 });
  await web.pool.query(
    `UPDATE listings SET flags = '{first,price}', description = 'Panen minggu ini, bisa diantar.' WHERE id = $1`,
    [waiting.id],
  );
  await web.file({ listingId: waiting.id, bytes: photo });
  await web.pool.query(
    `UPDATE lines SET state = 'up', state_at = now(), last_received_at = now(), last_sent_at = now(),
       lease_owner = 'x', lease_until = now() + interval '1 day'`,
  );
  await web.pool.query(
    `INSERT INTO lines (id, platform, name, village_id, state, state_at, state_reason, linking, linking_at, lease_owner,
       lease_until, settings)
     VALUES ('whatsapp-web:kantor', 'whatsapp', 'whatsapp-web:kantor', $1, 'degraded', now(), 'waits to be linked',
       $2, now(), 'x', now() + interval '1 day', 'x')`,
    [GINTANGAN, `2@${'aB3x'.repeat(50)},${'k9Z'.repeat(14)},${'Pq7'.repeat(14)}`],
  );
  await web.pool.query(
    `INSERT INTO lines (id, platform, name, state, state_at, state_reason, last_error, last_error_at, lease_owner,
       lease_until, settings)
     VALUES ('whatsapp-cloud:10650', 'whatsapp', '628123456789', 'down', now(), 'code 190: the token has expired',
       'code 190: the token has expired', now(), 'x', now() + interval '1 day', 'x')`,
  );
  await web.pool.query(
    `INSERT INTO outbound_messages (conversation_id, line_id, body, created_at)
     SELECT id, 'whatsapp-cloud:10650', '{"text":"Halo"}', now() - interval '3 hours' FROM conversations LIMIT 1`,
  );
  await web.pool.query(
    `INSERT INTO incidents (id, kind, village_id, detail) VALUES ($1, 'late_emergency', $2, '{"minutes": 45}')`,
    [web.deps.newId(), GINTANGAN],
  );
  await web.pool.query(
    `INSERT INTO incidents (id, kind, line_id, detail) VALUES
       ($1, 'line_down', 'whatsapp-cloud:10650', '{"line": "whatsapp-cloud:10650", "reason": "code 190: the token has expired"}'),
       ($2, 'possible_gap', 'telegram:1', '{"line": "telegram:1", "from": "2026-11-24T01:00:00Z", "to": "2026-11-25T09:30:00Z"}')`,
    [web.deps.newId(), web.deps.newId()],
  );
  return { code, listing: listings[0]!.code, ratna };
}

export async function picture(colour: string): Promise<Uint8Array> {
  return sharp({ create: { width: 640, height: 480, channels: 3, background: colour } })
    .jpeg()
    .toBuffer();
}
