/** The bands that life circles and coverage are told in. Pure. */
import type { Measure } from '../api/types';
import { words } from '../i18n/format';
import type { Lang } from './url';

/** Minutes, or the service radii of GB 50180 in metres. */
export const BANDS_OF: Record<Measure, readonly number[]> = {
  minutes: [5, 10, 15],
  metres: [300, 500, 1000],
};

export interface Asked {
  measure: Measure;
  band: number;
  lang: Lang;
}

/** `15 分钟`, `1000 m`: a band is said as it was asked. */
export function bandLabel({ measure, band, lang }: Asked): string {
  return measure === 'metres' ? words(lang).circle.bandMetres(band) : words(lang).circle.band(band);
}
