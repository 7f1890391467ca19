"""Tables of spreadsheets and of columns on disk: Excel workbooks, Parquet, Feather."""
