import { afterEach, describe, expect, it } from 'vitest';
import type { IssueCategories } from '../api/issues';
import {
  bodyOf,
  categoryOf,
  type Draft,
  drop,
  EMPTY,
  groupOf,
  keep,
  kept,
  lacking,
  quantityOf,
  stepOf,
} from './draft';

const all = {
  units: [{ id: 'place', title: { zh: '处', en: 'places' } }],
  groups: [
    {
      id: 'facility',
      title: { zh: '公用设施', en: 'Public facilities' },
      categories: [
        {
          id: 'manhole',
          title: { zh: '井盖缺损', en: 'Manhole' },
          units: ['place'],
          solve: { value: 1, unit: 'days' },
        },
        { id: 'noise', title: { zh: '噪声', en: 'Noise' }, solve: { value: 1, unit: 'days' } },
      ],
    },
  ],
} as Pick<IssueCategories, 'groups' | 'units'> as IssueCategories;
const manhole = categoryOf(all, 'manhole');
const full: Draft = {
  ...EMPTY,
  step: 'who',
  at: [116.04512345678, 29.448],
  accuracy: 25,
  address: ' 3 号楼 ',
  category: 'manhole',
  description: ' 缺了一半 ',
  quantity: '1,5',
  name: '王',
  phone: ' ',
};

describe('a report that is being written', () => {
  it('is sent as the server takes it, without what was left empty', () => {
    expect(bodyOf(full, manhole, ['AAAA'])).toEqual({
      category: 'manhole',
      description: '缺了一半',
      lon: 116.0451235,
      lat: 29.448,
      accuracy_m: 25,
      address: '3 号楼',
      quantity: 1.5,
      unit: 'place',
      reporter: { name: '王' },
      photos: ['AAAA'],
    });
    const least = { ...full, accuracy: null, address: '', quantity: '', name: '' };
    expect(Object.keys(bodyOf(least, manhole, []) ?? {}).sort()).toEqual([
      'category',
      'description',
      'lat',
      'lon',
    ]);
  });

  it('names the case that it repeats', () => {
    expect(bodyOf({ ...full, join: '7' }, manhole, [])?.join).toBe('7');
  });

  it('gives no amount where the category counts nothing', () => {
    const body = bodyOf({ ...full, category: 'noise' }, categoryOf(all, 'noise'), []);
    expect(body).not.toHaveProperty('quantity');
    expect(body).not.toHaveProperty('unit');
  });

  it('is not sent while something is lacking, and says what', () => {
    expect(bodyOf({ ...full, at: null }, manhole, [])).toBeNull();
    expect(bodyOf(full, null, [])).toBeNull();
    expect(lacking(EMPTY, 'where')).toEqual(['at']);
    expect(lacking({ ...EMPTY, description: '  ', quantity: '-2' }, 'what')).toEqual([
      'category',
      'description',
      'quantity',
    ]);
    expect(lacking(EMPTY, 'who')).toEqual([]);
  });

  it.each([
    ['2', 2],
    ['0.5', 0.5],
    ['0,5', 0.5],
    ['', null],
    ['0', null],
    ['many', null],
  ])('reads an amount: %s', (text, value) => {
    expect(quantityOf(text)).toBe(value);
  });

  it.each([
    ['lat', 'where'],
    ['accuracy_m', 'where'],
    ['photos[2]', 'what'],
    ['description', 'what'],
    ['reporter.phone', 'who'],
  ])('a fault of %s is put right in the step "%s"', (field, step) => {
    expect(stepOf(field)).toBe(step);
  });

  it('knows the group of a category', () => {
    expect(groupOf(all, 'noise')?.id).toBe('facility');
    expect(groupOf(null, 'noise')).toBeNull();
  });
});

describe('over a reload', () => {
  afterEach(drop);

  it('the draft is as it was', () => {
    keep(full);
    expect(kept()).toEqual(full);
    drop();
    expect(kept()).toBeNull();
  });

  it('what cannot be understood is left out', () => {
    sessionStorage.setItem('wangge-report', '{"step":"moon","at":[1,"x"],"description":7,"phone":"138"}');
    expect(kept()).toEqual({ ...EMPTY, phone: '138' });
    sessionStorage.setItem('wangge-report', 'no JSON');
    expect(kept()).toBeNull();
  });
});
