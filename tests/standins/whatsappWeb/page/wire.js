// How the page talks to its server, which stands on loopback.

/** Which browser this is; known once its profile was read. */
export const browser = { device: '' };
export const { standIn } = window;

export const seconds = () => Math.floor(Date.now() / 1000);

/** Asks the server. Text, so that the browser needs no leave (CORS preflight) first. */
export async function call(method, body) {
  const response = await fetch(`${standIn.url}/device/${method}?device=${browser.device}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw Object.assign(new Error(await response.text()), { status: response.status });
  return response.json();
}

export async function upload(blob, mimetype) {
  const response = await fetch(
    `${standIn.url}/media?device=${browser.device}&mime=${encodeURIComponent(mimetype)}`,
    // A blob without a type: the browser would ask for leave first otherwise.
    { method: 'POST', body: new Blob([blob]) },
  );
  if (!response.ok) throw new Error('media-fault: upload failed');
  return response.json();
}

export async function download(directPath) {
  const response = await fetch(`${standIn.url}${directPath}?device=${browser.device}`);
  if (!response.ok) throw Object.assign(new Error(`status ${response.status}`), { status: response.status });
  return response.arrayBuffer();
}
