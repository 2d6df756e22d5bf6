/** A village and its office, as every part of the road knows it. */
export interface Village {
  id: string;
  name: string;
  district: string;
  type: 'desa' | 'kelurahan';
  /** `active` and only it takes requests. */
  state: 'listed' | 'invited' | 'active' | 'paused';
  /** Of the tz database: 'Asia/Jakarta'. */
  zone: string;
  officeAddress: string | null;
  officePhone: string | null;
  midwifePhone: string | null;
}
