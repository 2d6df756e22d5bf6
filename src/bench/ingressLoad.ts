import { createHmac } from 'node:crypto';
import { connect } from 'node:net';

/**
 * The load of the ingress bench, in a process of its own: 64 kept-alive connections, each a person who writes again as
 * soon as the last message is answered. Told by the parent what to aim at (`Aim`), answers with what it counted.
 */
export interface Aim {
  port: number;
  path: string;
  secret: string;
  phoneNumberId: string;
  connections: number;
  ms: number;
  /** Stands in every message id: no two rounds send the same. */
  round: string;
}

export interface Counted {
  answered: number;
  /** Answers other than 200. */
  refused: number;
  seconds: number;
}

process.on('message', (aim: Aim) => {
  void run(aim).then((counted) => process.send!(counted));
});

async function run(aim: Aim): Promise<Counted> {
  const counted = { answered: 0, refused: 0, seconds: 0 };
  const began = performance.now();
  await Promise.all(
    Array.from({ length: aim.connections }, (_, person) => keepWriting(aim, person, counted, began + aim.ms)),
  );
  counted.seconds = (performance.now() - began) / 1000;
  return counted;
}

/** One connection, on a bare socket: an HTTP client would cost more than the server. */
function keepWriting(aim: Aim, person: number, counted: Counted, until: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(aim.port, '127.0.0.1');
    let received = '';
    let sent = 0;
    const write = (): void => void socket.write(requestOf(aim, person, (sent += 1)));
    socket.setNoDelay(true).setEncoding('latin1').once('error', reject).once('connect', write);
    socket.on('data', (part: string) => {
      received += part;
      const end = received.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/iu.exec(received)?.[1] ?? 0);
      if (end === -1 || received.length < end + 4 + length) return;
      if (received.startsWith('HTTP/1.1 200')) counted.answered += 1;
      else counted.refused += 1;
      received = '';
      if (performance.now() < until) return write();
      socket.end();
      resolve();
    });
  });
}

/** A text as Meta brings it, signed. */
function requestOf(aim: Aim, person: number, n: number): string {
  const phone = `62812${String(person).padStart(8, '0')}`;
  const user = `ID.${9_000_000_000 + person}`;
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '102290000000001',
        changes: [
          {
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '6281100000001', phone_number_id: aim.phoneNumberId },
              contacts: [{ profile: { name: `Warga ${person}` }, wa_id: phone, user_id: user }],
              messages: [
                {
                  from: phone,
                  from_user_id: user,
                  id: `wamid.${aim.round}-${person}-${n}`,
                  timestamp: String(Math.floor(Date.now() / 1000)),
                  type: 'text',
                  text: { body: 'Selamat pagi, saya mau urus surat keterangan usaha' },
                },
              ],
            },
            field: 'messages',
          },
        ],
      },
    ],
  });
  const signature = createHmac('sha256', aim.secret).update(body).digest('hex');
  return [
    `POST ${aim.path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    'User-Agent: facebookexternalua',
    `X-Hub-Signature-256: sha256=${signature}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
