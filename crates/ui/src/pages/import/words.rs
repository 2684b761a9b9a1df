//! Texts of the import's pages.

use crate::say::{Text, text};

pub(super) const TITLE: Text = text("Excel・CSVの取込み", "Import from Excel or CSV");
pub(super) const STEPS: Text = text("手順", "Steps");
pub(super) const STEP: [Text; 3] = [
    text("ファイルを選ぶ", "Choose a file"),
    text("列を合わせる", "Match the columns"),
    text("確かめて取り込む", "Check and import"),
];
pub(super) const FILE: Text = text("ファイル", "File");
pub(super) const FILE_HINT: Text = text(
    "Excelブック（.xlsx）かCSV。25MBまで。この段階では、台帳は変わりません。",
    "A workbook (.xlsx) or CSV, up to 25 MB. The register doesn't change yet.",
);
pub(super) const NEXT: Text = text("次へ", "Next");
pub(super) const CHECK: Text = text("確かめる", "Check");
pub(super) const OTHER_WAYS: Text = text("ほかの方法", "Other ways");
pub(super) const TEMPLATE: Text = text("ひな形（Excel）をダウンロードする", "Download a template (Excel)");
pub(super) const TEMPLATE_HOW: Text = text(
    "項目名、書き方、選べる値が入っています。",
    "It has the heads, how to fill them in, and the values to choose from.",
);
pub(super) const EXPORTED: Text =
    text("いまの台帳をExcelに出力して直す", "Export the register to Excel and change that");
pub(super) const EXPORTED_HOW: Text =
    text("出力したファイルは、直してそのまま取り込めます。", "What was exported can be changed and brought in again.");
pub(super) const PASTE: Text = text("Excelから貼り付ける", "Paste from Excel");
pub(super) const PASTE_HOW: Text =
    text("数十件までなら、ファイルより早くできます。", "For a few dozen rows it is quicker than a file.");
pub(super) const CELLS: Text = text("貼り付ける表", "Cells");
pub(super) const CELLS_HINT: Text = text(
    "Excelで範囲を選んでコピーし、ここに貼り付けてください。1行目に項目名があれば、それに合わせます。",
    "Copy cells in Excel and paste them here. If the first row has the heads, they are used.",
);
pub(super) const GRID: Text = text("貼り付けた表", "The pasted cells");
pub(super) const ADD_ROW: Text = text("行を加える", "Add a row");
pub(super) const SHEET: Text = text("シート", "Sheet");
pub(super) const HIDDEN: Text = text("非表示", "hidden");
pub(super) const HEAD: Text = text("項目名の行", "Row with the heads");
pub(super) const HEAD_HINT: Text = text("項目名がなければ0", "0 if there are none");
pub(super) const READ_AGAIN: Text = text("このシートと行で読み直す", "Read again with these");
pub(super) const COLUMNS: Text = text("列と台帳の項目", "Columns and fields");
pub(super) const COLUMNS_HOW: Text = text(
    "ファイルの各列を、台帳のどの項目に入れるかを確かめてください。「指定しない」の列は取り込みません。",
    "See which field each column goes into. Columns with “None” are left out.",
);
pub(super) const RECORD_ID: Text = text("記録ID（どの記録かを示す）", "Record id (says which record)");
pub(super) const ARCHIVE_COLUMN: Text = text("保管済みにする（「はい」の行）", "Archive (rows with yes)");
pub(super) const FIXED: Text = text("ファイルに列のない必須の項目", "Required fields without a column");
pub(super) const FIXED_HOW: Text = text(
    "新しく登録する記録には、ここで選んだ値が入ります。登録済みの記録は変わりません。",
    "New records get these values; records that exist already keep theirs.",
);
pub(super) const MISSING: Text =
    text("ファイルにない記録を保管済みにする", "Archive records that the file doesn't have");
pub(super) const MISSING_HINT: Text = text(
    "ファイルが台帳の全部であるときだけ選んでください。件数は次の画面で確かめられます。",
    "Only if the file is the whole register. The next page says how many there are.",
);
pub(super) const OPTIONS: Text = text("取込みのしかた", "How to bring in");
pub(super) const COUNTS: Text = text("取り込むと、こうなります", "What it would do");
pub(super) const ADDED: Text = text("追加", "Added");
pub(super) const CHANGED: Text = text("変更", "Changed");
pub(super) const SAME: Text = text("変更なし", "Unchanged");
pub(super) const ARCHIVED: Text = text("保管済み（削除）", "Archived");
pub(super) const FAULTS: Text = text("誤り", "Errors");
pub(super) const FAULTS_HOW: Text = text(
    "誤りがある間は、1行も取り込みません。ファイルを直して、もう一度選んでください。",
    "Nothing is brought in while there are errors. Correct the file and choose it again.",
);
pub(super) const FAULTS_CSV: Text = text("誤りの行をCSVで", "These rows as CSV");
pub(super) const FAULTS_XLSX: Text = text("誤りの行をExcelで", "These rows as Excel");
pub(super) const AGAIN: Text = text("直したファイルを選ぶ", "Choose the corrected file");
pub(super) const CORRECT: Text = text("貼り付けた表を直す", "Correct the pasted cells");
pub(super) const PLACE: Text = text("セル", "Cell");
pub(super) const COLUMN: Text = text("列", "Column");
pub(super) const FAULT: Text = text("誤りと直し方", "Error and remedy");
pub(super) const ROW: Text = text("行", "Row");
pub(super) const DOES: Text = text("内容", "What");
pub(super) const RECORD: Text = text("記録", "Record");
pub(super) const VALUES: Text = text("入る値・変わる値", "Values");
pub(super) const SAMPLES: Text = text("取り込む行の例", "Some of the rows");
pub(super) const DOUBTS: Text = text("どの記録かを選んでください", "Choose which record is meant");
pub(super) const NEW_RECORD: Text = text("どれでもない（新しく登録する）", "None of them (a new record)");
pub(super) const ANSWER: Text = text("選んだ記録で確かめ直す", "Check again with these");
pub(super) const NOTES: Text = text("ファイルについての注意", "To know about the file");
pub(super) const NOTHING: Text = text(
    "台帳はもうファイルのとおりです。取り込むものはありません。",
    "The register is as the file says already: there is nothing to bring in.",
);
pub(super) const READY: Text = text("この内容で取り込みます", "Ready to bring in");
pub(super) const READY_HOW: Text = text(
    "取り込んだ後でも、記録がその後に変更されていなければ、まとめて取り消せます。",
    "It can be undone as a whole as long as nobody has changed the records since.",
);
pub(super) const IMPORT: Text = text("取り込む", "Import");
pub(super) const BACK: Text = text("列を合わせ直す", "Match again");
pub(super) const CANCEL: Text = text("取りやめる", "Give up");
pub(super) const REGISTER: Text = text("台帳", "Register");
pub(super) const STAGE: Text = text("段階", "Stage");
pub(super) const BY: Text = text("取り込んだ人", "By");
pub(super) const SENT: Text = text("受け取った日時", "Received");
pub(super) const WRITTEN: Text = text("書き込んだ件数", "Written");
pub(super) const HASH: Text = text("ファイルのSHA-256", "SHA-256 of the file");
pub(super) const LIST: Text = text("台帳を開く", "Open the register");
pub(super) const PROOF: Text = text("履歴と操作記録", "History and ledger");
pub(super) const DONE_NOW: Text = text("取り込みました。", "It was brought in.");
pub(super) const UNDONE_NOW: Text =
    text("取り消しました。台帳は取込みの前に戻りました。", "It was undone: the register is as before.");
pub(super) const RUNNING_NOW: Text = text(
    "取り込んでいます。この画面を閉じても続きます。開き直すと、進み具合が分かります。",
    "It is being brought in, also with this page closed. Open it again to see how far it is.",
);
pub(super) const STOPPED: Text = text(
    "途中で止まっています。「続ける」を押すと、止まったところから再開します。",
    "It stopped on its way. Press Continue to go on from there.",
);
pub(super) const RESUME: Text = text("続ける", "Continue");
pub(super) const UNDO: Text = text("取込みを取り消す", "Undo the import");
pub(super) const UNDO_ASK: Text = text("この取込みを取り消しますか", "Undo this import?");
pub(super) const UNDO_HOW: Text = text(
    "追加した記録は保管済みになり、変更した記録は元の値に戻り、保管済みにした記録は戻ります。操作記録には、取込みと取消しの両方が残ります。",
    "What was added is archived, what was changed gets its former values, what was archived comes back. The ledger keeps both.",
);
pub(super) const TOUCHED: Text = text(
    "取込みの後に変更された記録があるため、取り消せません。次の記録を個別に直してください。",
    "Records were changed after the import, so it can't be undone. Change these one by one:",
);
pub(super) const REASON: Text = text("理由", "Reason");
pub(super) const AGAIN_FILE: Text = text("別のファイルを選ぶ", "Choose another file");
pub(super) const CANCELLED: Text = text("取りやめ", "Given up");
