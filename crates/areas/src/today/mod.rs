//! Today (今日): what each person must do.
