/**
 * A link that opens a chat with this number and proposes the words that hand in `payload` (at most 64 of
 * A-Z a-z 0-9 _ -): whoever follows it still presses Send. Source: https://faq.whatsapp.com/5913398998672934
 */
export function whatsappStartLink(number: string, payload: string): string {
  return `https://wa.me/${number}?text=${encodeURIComponent(`/start ${payload}`)}`;
}
