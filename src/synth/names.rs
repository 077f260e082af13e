//! Invented names: streets, estates, people, telephone numbers. Names of streets are plausible for
//! the place and synthetic; numbers cannot be dialled.

use super::mesh::{Class, Mesh};
use super::net::by_line;
use super::rng::Rng;
use crate::geometry::Xy;
use std::collections::BTreeSet;

const FIRST: [&str; 36] = [
    "文", "建", "新", "和", "光", "朝", "春", "长", "安", "永", "康", "福", "景", "清", "玉", "金", "青", "云", "明",
    "锦", "华", "远", "兴", "德", "育", "松", "梅", "桂", "兰", "柳", "前", "东", "南", "西", "北", "中",
];
const SECOND: [&str; 30] = [
    "华", "安", "明", "阳", "和", "苑", "桥", "塘", "园", "山", "湖", "林", "庙", "井", "门", "河", "岭", "坪", "泉",
    "祥", "兴", "福", "民", "昌", "平", "才", "秀", "塔", "亭", "坊",
];
const ESTATE_FIRST: [&str; 24] = [
    "锦绣", "阳光", "金色", "东方", "绿地", "世纪", "丽景", "翡翠", "盛世", "书香", "水岸", "龙腾", "天悦", "和顺",
    "凤凰", "香樟", "桂花", "滨江", "百合", "康乐", "鸿运", "玉兰", "国泰", "紫荆",
];
const ESTATE_LAST: [&str; 12] =
    ["花园", "家园", "小区", "苑", "新村", "华庭", "名邸", "雅居", "公寓", "新城", "里", "国际"];
const SURNAMES: [&str; 30] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "高", "林",
    "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯", "韩", "曹",
];
const GIVEN: [&str; 40] = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀兰", "霞",
    "平", "刚", "桂英", "建国", "建华", "文", "玲", "红", "波", "辉", "斌", "志强", "海燕", "小红", "国强", "春梅",
    "雪", "婷", "浩", "宇", "晨",
];

/// A made-up person.
pub fn person(rng: &mut Rng) -> String {
    format!("{}{}", rng.pick(&SURNAMES), rng.pick(&GIVEN))
}

/// A number no exchange has.
pub fn phone(n: usize) -> String {
    format!("000-{:04}-{:04}", n / 10_000, n % 10_000)
}

/// Names given out once each.
#[derive(Debug, Default)]
pub struct Unique(BTreeSet<String>);

impl Unique {
    pub fn take(&mut self, rng: &mut Rng, mut make: impl FnMut(&mut Rng) -> String) -> String {
        for round in 1.. {
            let base = make(rng);
            let name = if round > 60 { format!("{base}{}", round - 60) } else { base };
            if self.0.insert(name.clone()) {
                return name;
            }
        }
        unreachable!("an endless loop ends by return")
    }

    pub fn reserve(&mut self, name: &str) {
        self.0.insert(name.to_string());
    }
}

pub fn estate(rng: &mut Rng) -> String {
    format!("{}{}", rng.pick(&ESTATE_FIRST), rng.pick(&ESTATE_LAST))
}

/// Names every street: the known names go to the longest wide ones.
pub fn name_streets(mesh: &mut Mesh, bent: &[Xy], known: &[String], rng: &mut Rng) {
    let mut unique = Unique::default();
    known.iter().for_each(|n| unique.reserve(n));
    let mut wide: Vec<(u32, f64)> = Vec::new();
    let mut narrow = Vec::new();
    for (line, edges) in by_line(mesh) {
        let about = &mesh.lines[line as usize];
        if about.name.is_some() || about.class == Class::Path {
            continue;
        }
        let long: f64 = edges.iter().map(|&(a, b)| super::flat::distance(bent[a as usize], bent[b as usize])).sum();
        if about.class <= Class::Tertiary { wide.push((line, long)) } else { narrow.push((line, about.class, long)) }
    }
    wide.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    for (k, (line, _)) in wide.into_iter().enumerate() {
        let name = known.get(k).cloned().unwrap_or_else(|| unique.take(rng, |r| word(r, "路")));
        mesh.lines[line as usize].name = Some(name);
    }
    for (line, class, long) in narrow {
        let end = match (class, long > 260.0) {
            (Class::Residential, true) => "街",
            (Class::Residential, false) => "支路",
            _ => "巷",
        };
        mesh.lines[line as usize].name = Some(unique.take(rng, |r| word(r, end)));
    }
}

fn word(rng: &mut Rng, end: &str) -> String {
    loop {
        let (a, b) = (rng.pick(&FIRST), rng.pick(&SECOND));
        if a != b {
            return format!("{a}{b}{end}");
        }
    }
}
