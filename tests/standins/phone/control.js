/** Asks the stand-in that serves this page. Rejects with what it says where it refuses. */
export async function control(method, ...args) {
  const response = await fetch('/control', { method: 'POST', body: JSON.stringify({ method, args }) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** Bytes as the stand-in's control takes them. */
export async function asBytes(blob) {
  let text = '';
  for (const byte of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(byte);
  return { $bytes: btoa(text) };
}
