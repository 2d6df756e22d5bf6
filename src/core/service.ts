/** One service of the catalogue (flows/services.yaml), as the rest of the program sees it. */
export interface Service {
  title: string;
  kind: 'letter' | 'referral' | 'complaint' | 'appointment';
  /** Working hours of the office within which it is usually ready; null promises nothing. */
  promise_hours: number | null;
  promise: string;
  signer: 'kepala_desa' | 'sekretaris' | 'dinas' | 'none';
  classification?: string | undefined;
  checklist: {
    id: string;
    text: string;
    by: 'chat' | 'counter';
    kind?: 'photo' | 'document' | undefined;
    optional: boolean;
  }[];
  confidential: boolean;
}
