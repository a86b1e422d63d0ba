"""Parquet files of other programs, recorded for the tests in Data/Documents/Parquet.

    python3 record.py        # writes *.parquet beside itself

Needs pyarrow and the command duckdb. What a row holds is computed here and in the tests by the same rule (text).
"""

import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
ROWS = 120


def text(i):
    if i % 7 == 3:
        return None
    return "" if i % 11 == 5 else f"row {i}: " + "abc " * (i % 13) + ["é", "梓", "😀", "\n"][i % 4]


TEXTS = [text(i) for i in range(ROWS)]
REPEATED = [text(i % 10) for i in range(ROWS)]
NO_NULLS = [text(i) or "none" for i in range(ROWS)]


def write(name, table, **options):
    pq.write_table(table, HERE / f"{name}.parquet", store_schema=False, **options)


def column(values, name="text", type=pa.string(), nullable=True):
    return pa.table([pa.array(values, type)], pa.schema([pa.field(name, type, nullable)]))


pages = dict(data_page_size=600, write_batch_size=10)  # several pages in a column chunk
write("pyarrow-plain-none", column(TEXTS), compression="none", use_dictionary=False, row_group_size=50, **pages)
write("pyarrow-plain-gzip-v2", column(TEXTS), compression="gzip", use_dictionary=False, data_page_version="2.0", **pages)
write("pyarrow-required-zstd", column(NO_NULLS, nullable=False), compression="zstd", use_dictionary=False, **pages)
write("pyarrow-required-snappy-v2", column(NO_NULLS, nullable=False), compression="snappy", data_page_version="2.0")
write("pyarrow-dictionary-snappy", column(REPEATED), compression="snappy", row_group_size=50, **pages)
write("pyarrow-dictionary-zstd-v2", column(REPEATED), compression="zstd", data_page_version="2.0", **pages)
write("pyarrow-dictionary-old", column(REPEATED), compression="none", version="1.0", write_page_checksum=True)
write("pyarrow-dictionary-full", column(TEXTS), compression="snappy", dictionary_pagesize_limit=500, **pages)
write("pyarrow-delta-length", column(TEXTS), compression="snappy", use_dictionary=False,
      column_encoding="DELTA_LENGTH_BYTE_ARRAY", **pages)
write("pyarrow-delta-bytes", column(TEXTS), compression="zstd", use_dictionary=False, column_encoding="DELTA_BYTE_ARRAY",
      data_page_version="2.0", **pages)
write("pyarrow-nulls", column([None] * ROWS), compression="snappy")
write("pyarrow-empty", column([]))
write("pyarrow-lz4", column(TEXTS), compression="lz4")
write("pyarrow-brotli", column(TEXTS), compression="brotli")
write("pyarrow-not-utf8", column([b"good", b"caf\xe9", b"good too"], type=pa.binary()), compression="none")
nested = {
    "id": pa.array(range(ROWS)),
    "meta": pa.array([{"text": "no", "n": {"a": i, "b": [i]}} for i in range(ROWS)]),
    "texts": pa.array([["no"] * (i % 3) for i in range(ROWS)]),
    "text": pa.array(TEXTS),
    "score": pa.array([i / 7 for i in range(ROWS)]),
    "body": pa.array(REPEATED, pa.large_string()),
}
write("pyarrow-nested", pa.table(nested), compression="snappy", row_group_size=70)

rows = f"""(SELECT i AS id,
    CASE WHEN i % 7 = 3 THEN NULL WHEN i % 11 = 5 THEN ''
    ELSE 'row ' || i || ': ' || repeat('abc ', i % 13) || ['é', '梓', '😀', chr(10)][i % 4 + 1] END AS text
    FROM (SELECT {{}} AS i FROM range({ROWS}) t(i)) ORDER BY ALL)"""
for name, number, options in [
    ("duckdb-snappy", "i::INTEGER", "COMPRESSION snappy"),
    ("duckdb-zstd-v2", "i::INTEGER", "COMPRESSION zstd, PARQUET_VERSION V2"),
    ("duckdb-gzip", "i::INTEGER", "COMPRESSION gzip"),
    ("duckdb-none-v2", "i::INTEGER", "COMPRESSION uncompressed, PARQUET_VERSION V2"),
]:
    source = rows.format(number).replace("ORDER BY ALL", "ORDER BY id")
    subprocess.run(["duckdb", "-c", f"SET threads = 1; COPY {source} TO '{HERE / name}.parquet' (FORMAT parquet, {options})"], check=True)
repeated = rows.format("i").replace("i AS id,", "j AS id,").replace(f"(SELECT i AS i FROM range({ROWS}) t(i))", f"(SELECT (j % 10)::INTEGER AS i, j FROM range({ROWS}) t(j))").replace("ORDER BY ALL", "ORDER BY id")
for name, options in [("duckdb-dictionary", "COMPRESSION snappy"), ("duckdb-dictionary-v2", "COMPRESSION zstd, PARQUET_VERSION V2")]:
    subprocess.run(["duckdb", "-c", f"SET threads = 1; COPY {repeated} TO '{HERE / name}.parquet' (FORMAT parquet, {options})"], check=True)
