/** Why a case is its owner's, in sentences. Pure. */
import type { Because, Owner, Unit } from '../../api/board';
import type { BoardWords } from '../../i18n/board';
import { metres, title } from '../../i18n/format';
import type { Lang } from '../../state/url';

const unitName = (unit: Unit): string => unit.name ?? unit.code;

/** "第一网格 · 张三", or the desk of the level where no area holds the place. */
export function ownerName(owner: Owner, b: BoardWords): string {
  const where = owner.unit ? unitName(owner.unit) : (b.levels[owner.level] ?? owner.level);
  return owner.worker ? `${where} · ${owner.worker}` : b.desk(where);
}

export function sentence(why: Because, b: BoardWords, lang: Lang): string {
  const w = b.because;
  switch (why.kind) {
    case 'place':
      return w.place(unitName(why.unit));
    case 'rule':
      return w.rule(title(why.title, lang), why.unit ? unitName(why.unit) : null);
    case 'category':
      return w.category(b.levels[why.level] ?? why.level);
    case 'outside':
      return w.outside;
    case 'near':
      return w.near(unitName(why.unit), metres(why.metres, lang));
    case 'stand_in':
      return w.standIn(why.absent, why.stand_in);
    case 'nobody':
      return w.nobody(unitName(why.unit));
  }
}
