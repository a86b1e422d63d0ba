namespace MicroGpt.Data.Documents.Parquet;

/// <summary>What a page holds.</summary>
internal enum PageKind { Data, Index, Dictionary, DataV2 }

/// <summary>How the values of a page are written.</summary>
internal enum PageEncoding { Plain = 0, PlainDictionary = 2, Rle = 3, DeltaBinaryPacked = 5, DeltaLengthByteArray = 6, DeltaByteArray = 7, RleDictionary = 8 }

/// <summary>What stands before every page of a Parquet file.</summary>
internal struct PageHeader
{
    /// <summary>What the page holds.</summary>
    public PageKind Kind;

    /// <summary>Bytes in the file, and when unpacked.</summary>
    public long PackedSize, Size;

    /// <summary>How many values there are, nulls included.</summary>
    public long Values;

    /// <summary>How they are written.</summary>
    public PageEncoding Encoding;

    /// <summary>How definition levels are written; in version 2 always in runs.</summary>
    public PageEncoding LevelEncoding;

    /// <summary>Bytes of levels that stand before the values, never packed; version 2 only.</summary>
    public long DefinitionBytes, RepetitionBytes;

    /// <summary>Whether the values are packed; version 2 only.</summary>
    public bool IsPacked;

    /// <summary>Reads a header.</summary>
    /// <param name="data">What begins with it.</param>
    /// <param name="length">How many bytes it takes.</param>
    public static PageHeader Read(ReadOnlySpan<byte> data, out int length)
    {
        var header = new PageHeader { Kind = (PageKind)(-1), PackedSize = -1, Size = -1, Values = -1, LevelEncoding = PageEncoding.Rle, IsPacked = true };
        var thrift = new ThriftReader(data);
        while (thrift.NextField(out var field, out var type))
        {
            switch (field, type)
            {
                case (1, ThriftType.Int32): header.Kind = (PageKind)thrift.Int64(); break;
                case (2, ThriftType.Int32): header.Size = thrift.Int64(); break;
                case (3, ThriftType.Int32): header.PackedSize = thrift.Int64(); break;
                case (5, ThriftType.Struct): header.ReadData(ref thrift); break;
                case (7, ThriftType.Struct): header.ReadData(ref thrift); break; // a dictionary's begins in the same way
                case (8, ThriftType.Struct): header.ReadDataV2(ref thrift); break;
                default: thrift.Skip(type); break;
            }
        }

        length = thrift.Position;
        return header;
    }

    private void ReadData(ref ThriftReader thrift)
    {
        var outer = thrift.BeginStruct();
        while (thrift.NextField(out var field, out var type))
        {
            switch (field, type)
            {
                case (1, ThriftType.Int32): Values = thrift.Int64(); break;
                case (2, ThriftType.Int32): Encoding = (PageEncoding)thrift.Int64(); break;
                case (3, ThriftType.Int32): LevelEncoding = (PageEncoding)thrift.Int64(); break;
                default: thrift.Skip(type); break;
            }
        }

        thrift.EndStruct(outer);
    }

    private void ReadDataV2(ref ThriftReader thrift)
    {
        var outer = thrift.BeginStruct();
        while (thrift.NextField(out var field, out var type))
        {
            switch (field, type)
            {
                case (1, ThriftType.Int32): Values = thrift.Int64(); break;
                case (4, ThriftType.Int32): Encoding = (PageEncoding)thrift.Int64(); break;
                case (5, ThriftType.Int32): DefinitionBytes = thrift.Int64(); break;
                case (6, ThriftType.Int32): RepetitionBytes = thrift.Int64(); break;
                case (7, ThriftType.True or ThriftType.False): IsPacked = type == ThriftType.True; break;
                default: thrift.Skip(type); break;
            }
        }

        thrift.EndStruct(outer);
    }
}
