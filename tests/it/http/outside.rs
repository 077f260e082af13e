//! Programs of others read the service unmodified.

use super::town;
use std::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn gdal_reads_a_layer_as_ogc_api_features() {
    let (server, _database) = town().await;
    let url = format!("OAPIF:{}/api", server.base);
    let ran = tokio::task::spawn_blocking(move || {
        Command::new("ogrinfo").args(["-ro", "-al", "-oo", "PAGE_SIZE=1", &url, "grid"]).output()
    });
    let Ok(output) = ran.await.expect("no panic") else {
        eprintln!("\n!!! SKIPPED: ogrinfo (gdal-bin) is not installed\n");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("Feature Count: 2"), "{text}");
    assert!(text.contains("第一网格") && text.contains("第二网格"), "{text}");
    server.stop().await;
}
