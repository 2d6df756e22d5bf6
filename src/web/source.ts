import { isIPv6 } from 'node:net';
import type { WebSettings } from './deps.js';
import type { WebContext } from './env.js';

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/u;
const PRIVATE = /^(?:::ffff:)?(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)|^f[cd][0-9a-f]{2}:/iu;
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Where a request comes from, for limits: the network address, of IPv6 its first half, since whoever has one address there
 * has 2^64 (RFC 4291 2.5.1). What a proxy says is believed only where there is one (PUBLIC_URL), and of one of our own: on
 * this machine or a private network. The last entry of X-Forwarded-For is what it wrote.
 */
export function sourceOf(c: WebContext, settings: WebSettings): string {
  return networkOf(addressOf(c, settings));
}

/** An IPv4 address as it is, also one that is written as IPv6; of an IPv6 address its /64. What is neither: as it is. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  // As URLs write it: small letters, without leading zeros, the longest run of zeros as `::`.
  const [head = '', tail] = new URL(`http://[${address.replace(/%.*$/u, '')}]`).hostname
    .slice(1, -1)
    .split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const parts = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  if (parts.slice(0, 5).every((part) => part === '0') && parts[5] === 'ffff') {
    const [high, low] = parts.slice(6).map((part) => Number.parseInt(part, 16));
    return [high! >> 8, high! & 255, low! >> 8, low! & 255].join('.');
  }
  return `${parts.slice(0, 4).join(':')}::/64`;
}

function addressOf(c: WebContext, { publicUrl }: WebSettings): string {
  const peer = peerOf(c);
  if (publicUrl === null || (!LOOPBACK.test(peer) && !PRIVATE.test(peer))) return peer;
  const forwarded = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim();
  return forwarded && /^[0-9a-f.:]{3,45}$/iu.test(forwarded) ? forwarded : peer;
}

/**
 * Whether a request comes from this machine, and asks for it by such a name: a proxy that forwards the world's
 * requests from loopback, and a page elsewhere whose name was bent to 127.0.0.1, are not.
 */
export function isLocal(c: WebContext): boolean {
  if (!LOOPBACK.test(peerOf(c))) return false;
  if (c.req.header('x-forwarded-for') || c.req.header('forwarded')) return false;
  const host = (c.req.header('host') ?? new URL(c.req.url).host).replace(/:\d+$/u, '').toLowerCase();
  return LOOPBACK_HOSTS.includes(host);
}

/** Nothing is known of the peer in a test without a socket: such a request is not local. */
function peerOf(c: WebContext): string {
  return c.env?.incoming?.socket?.remoteAddress ?? '';
}
