//! Photos as they come, and files that are none.

use super::photo::{MOST_BYTES, PhotoError, SIDE, photo};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::io::Cursor;

/// Red on the left, blue on the right.
fn two_halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([230, 20, 20]) } else { Rgb([20, 20, 230]) })
}

fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).expect("written");
    out.into_inner()
}

/// EXIF with this orientation, and a place: 28° 42′ 51″ N.
fn exif(orientation: u16) -> Vec<u8> {
    let mut out = b"MM\0\x2a\0\0\0\x08".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value].concat()
    };
    out.extend([0, 2]);
    out.extend(entry(0x0112, 3, 1, [(orientation >> 8) as u8, orientation as u8, 0, 0]));
    out.extend(entry(0x8825, 4, 1, 38u32.to_be_bytes()));
    out.extend([0; 4]);
    out.extend([0, 2]);
    out.extend(entry(1, 2, 2, *b"N\0\0\0"));
    out.extend(entry(2, 5, 3, 68u32.to_be_bytes()));
    out.extend([0; 4]);
    [28u32, 1, 42, 1, 51, 1].iter().for_each(|n| out.extend(n.to_be_bytes()));
    out.extend(b"secret camera");
    out
}

fn with_exif(picture: &RgbImage, orientation: u16) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = JpegEncoder::new(&mut out);
    encoder.set_exif_metadata(exif(orientation)).expect("taken");
    picture.write_with_encoder(encoder).expect("written");
    out
}

fn shown(jpeg: &[u8]) -> RgbImage {
    image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).expect("a JPEG").into_rgb8()
}

fn is_red(pixel: &Rgb<u8>) -> bool {
    pixel.0[0] > 150 && pixel.0[2] < 100
}

#[test]
fn a_photo_is_turned_upright_and_says_nothing_of_where_it_was_taken() {
    // 6: what is the left side of the file is the top of the scene.
    let bytes = with_exif(&two_halves(80, 40), 6);
    let holds = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|w| w == what);
    assert!(holds(&bytes, b"secret camera") && holds(&bytes, b"Exif"));
    let made = photo(&bytes).expect("a photo");
    assert!(!holds(&made.jpeg, b"secret camera") && !holds(&made.jpeg, b"Exif") && !holds(&made.jpeg, b"MM\0\x2a"));
    assert_eq!((made.width, made.height), (40, 80));
    let shown = shown(&made.jpeg);
    assert!(is_red(shown.get_pixel(20, 5)) && !is_red(shown.get_pixel(20, 75)));
}

#[test]
fn all_eight_orientations_come_out_upright() {
    for orientation in 1..=8 {
        let made = photo(&with_exif(&two_halves(80, 40), orientation)).expect("a photo");
        let shown = shown(&made.jpeg);
        let (w, h) = shown.dimensions();
        assert_eq!((w, h), if orientation < 5 { (80, 40) } else { (40, 80) }, "{orientation}");
        let red = match orientation {
            1 | 4 => (5, h / 2),
            2 | 3 => (w - 5, h / 2),
            5 | 6 => (w / 2, 5),
            _ => (w / 2, h - 5),
        };
        assert!(is_red(shown.get_pixel(red.0, red.1)), "{orientation}");
    }
}

#[test]
fn the_three_kinds_are_known_by_their_bytes() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let made = photo(&encoded(&two_halves(64, 32), format)).expect("a photo");
        assert_eq!((made.width, made.height), (64, 32), "{format:?}");
        assert!(made.jpeg.starts_with(&[0xff, 0xd8, 0xff]));
        assert!(is_red(shown(&made.jpeg).get_pixel(5, 16)), "{format:?}");
    }
    for other in [&b"GIF89a\x01\0\x01\0"[..], b"BM", b"<svg/>", b"%PDF-1.7", b"\0\0\0\x18ftypheic", b""] {
        assert_eq!(photo(other), Err(PhotoError::NotAPhoto));
    }
}

#[test]
fn a_large_photo_is_made_smaller_and_a_small_one_is_not_made_larger() {
    for (width, height, wanted) in
        [(4000, 3000, (SIDE, 1200)), (1000, 2000, (800, SIDE)), (1601, 100, (SIDE, 100)), (30, 20, (30, 20))]
    {
        let made = photo(&encoded(&two_halves(width, height), ImageFormat::Jpeg)).expect("a photo");
        assert_eq!((made.width, made.height), wanted);
        assert_eq!(shown(&made.jpeg).dimensions(), wanted);
    }
}

#[test]
fn what_can_be_seen_through_is_white() {
    let clear = RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0]));
    let mut png = Vec::new();
    clear.write_with_encoder(PngEncoder::new(&mut png)).expect("written");
    let made = photo(&png).expect("a photo");
    assert!(shown(&made.jpeg).get_pixel(4, 4).0.iter().all(|c| *c > 250));
}

#[test]
fn a_file_that_breaks_off_is_refused_wherever_it_does() {
    let picture = two_halves(61, 47);
    let mut png = Vec::new();
    PngEncoder::new(&mut png).write_image(&picture, 61, 47, image::ExtendedColorType::Rgb8).expect("written");
    let mut webp = Vec::new();
    WebPEncoder::new_lossless(&mut webp).encode(&picture, 61, 47, image::ExtendedColorType::Rgb8).expect("written");
    // The last chunk of a PNG is empty; without it the picture is whole yet.
    for (bytes, lacking) in [(with_exif(&picture, 6), 1), (png, 13), (webp, 2)] {
        for end in 12..=bytes.len() - lacking {
            assert_eq!(photo(&bytes[..end]), Err(PhotoError::Damaged), "{end} of {}", bytes.len());
        }
    }
}

#[test]
fn random_damage_never_panics() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let picture = two_halves(40, 30);
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let good = encoded(&picture, format);
        for _ in 0..400 {
            let mut bad = good.clone();
            for _ in 0..rng.random_range(1..6) {
                let at = rng.random_range(0..bad.len());
                bad[at] = rng.random();
            }
            // Either a photo or a refusal; what is kept can be shown.
            if let Ok(made) = photo(&bad) {
                assert_eq!(shown(&made.jpeg).dimensions(), (made.width, made.height));
            }
        }
    }
}

/// The header of a PNG of so many pixels, and a kilobyte of zeros packed a thousandfold.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let small = encoded(&RgbImage::new(1, 1), ImageFormat::Png);
    let mut out = small.clone();
    out[16..20].copy_from_slice(&width.to_be_bytes());
    out[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc32(&out[12..29]);
    out[29..33].copy_from_slice(&crc.to_be_bytes());
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[test]
fn a_picture_that_would_fill_the_memory_is_refused_by_what_it_says_of_itself() {
    for (width, height) in [(50_000, 50_000), (16_385, 1), (1, 2_000_000_000), (16_000, 16_000)] {
        assert_eq!(photo(&bomb(width, height)), Err(PhotoError::TooManyPixels), "{width} x {height}");
    }
    assert_eq!(photo(&bomb(0, 5)), Err(PhotoError::Damaged));
    assert_eq!(photo(&bomb(4000, 4000)), Err(PhotoError::Damaged), "in bounds, but nothing comes");
    // The size stands in the frame header, at its fifth byte.
    let mut jpeg = encoded(&RgbImage::new(16, 16), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).expect("a frame");
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    assert_eq!(photo(&jpeg), Err(PhotoError::TooManyPixels));
    assert_eq!(photo(&vec![0xff; MOST_BYTES + 1]), Err(PhotoError::TooManyBytes));
}
