use crate::common::Place;

const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/policy.md");

#[test]
fn a_dry_run_needs_no_data_folder_and_shows_what_was_understood() {
    let place = Place::new();
    let told = place.run(&["policy", "import", "--dry-run", POLICY]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    assert!(!place.data().exists());
    insta::assert_snapshot!(told.out, @r"
    題名：越路広域事務組合情報セキュリティ基本方針
    制定：平成21年4月1日
    改正：令和8年4月1日
    章：10
      1 目的
      2 定義
      3 対象とする脅威
      4 適用範囲
      5 職員等の遵守義務
      6 情報セキュリティ対策
      7 監査及び自己点検
      8 見直し
      9 対策基準
      10 実施手順
    定義：9
      (1) ネットワーク
      (2) 情報システム
      (3) 情報セキュリティ
      (4) 情報セキュリティポリシー
      (5) 機密性
      (6) 完全性
      (7) 可用性
      (8) インターネット接続系
      (9) 無害化通信
    脅威：5
      (1) 標的型メール、ランサムウェア、サービスの妨害その他のサイバー攻撃、なりす…
      (2) 誤送信、紛失、設定又は操作の誤り、許可を得ない持ち出し、点検の不足、委託…
      (3) 地震、大雪、水害、落雷、火災その他の災害による施設の損壊及び業務の中断
      (4) 感染症の流行等により出勤できない職員が増え、情報システムを動かす人手が足…
      (5) 停電、断水、通信障害その他の生活基盤の停止が組合の業務に及ぼす影響
    組織：5
      管理者
      議会
      監査委員
      公平委員会
      教育委員会
    資産：3
      ア 情報システム及びネットワーク並びにこれらを置く部屋、電源、空調その他の設…
      イ 業務で取り扱う電子データ（紙に出力したものを含む。）
      ウ 設計書、構成図、操作手引その他の情報システムに関する文書
    対策：9
      (1) 推進体制
      (2) 情報資産の分類及び取扱い
      (3) ネットワークの強靱化
      (4) 物理的な対策
      (5) 人的な対策
      (6) 技術的な対策
      (7) 運用における対策
      (8) 業務委託及び外部サービスの利用
      (9) 評価及び改善
    確認が必要な箇所：3
      45行目：ページ番号とみて読み飛ばしました：「- 2 -」
      101行目：見出しの深さが変わっていますが、番号の続きから同じ階層として読みました：「7 監査及び自己点検」
      109行目：見出しの記号（#）のない行を、番号の続きから見出しとして読みました：「9 対策基準」
    ");
}

#[test]
fn a_dry_run_as_json_is_the_reading_alone() {
    let told = Place::new().run(&["policy", "import", "--dry-run", "--json", POLICY]);
    assert_eq!(told.code, Some(0));
    let reading: policy::Reading = serde_json::from_str(&told.out).unwrap();
    assert_eq!((reading.sections.len(), reading.definitions.len(), reading.unsure.len()), (10, 9, 3));
}

#[test]
fn a_document_becomes_a_draft_that_verifies() {
    let place = Place::initialised();
    let told = place.run(&["policy", "import", POLICY]);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(told.err.contains("/documents/"), "{}", told.err);
    assert_eq!(place.run(&["ledger", "verify"]).code, Some(0));
}

#[test]
fn a_file_that_is_no_policy_is_refused_with_its_line() {
    let place = Place::initialised();
    let file = place.file("letter.txt", "拝啓\n時下ますます御清栄のこととお慶び申し上げます。\n");
    for words in [&["policy", "import", "--dry-run", &file][..], &["policy", "import", &file]] {
        let told = place.run(words);
        assert_eq!((told.code, told.out.as_str()), (Some(3), ""), "{words:?}");
        assert!(told.err.starts_with("1行目："), "{}", told.err);
    }
}

#[test]
fn an_import_as_json_prints_the_reading_and_speaks_beside_it() {
    let place = Place::initialised();
    let told = place.run(&["policy", "import", "--json", POLICY]);
    assert_eq!(told.code, Some(0), "{told:?}");
    let reading: policy::Reading = serde_json::from_str(&told.out).unwrap();
    assert_eq!(reading.sections.len(), 10);
    assert!(told.err.contains("/documents/"), "{}", told.err);
}
