/** Where a village differs from the catalogue in a service. */
export interface VillageService {
  /** Set: it is not offered at the moment, and this is what residents read. */
  offReason: string | null;
  /** Working hours within which it is usually ready; null: as the catalogue says. */
  promiseHours: number | null;
  /** What else is to be shown at the office. */
  counter: string | null;
}

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
