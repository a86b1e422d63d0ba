namespace MicroGpt.Data.Documents.Parquet;

/// <summary>A column's part of a row group.</summary>
/// <param name="Codec">How its pages are packed.</param>
/// <param name="Values">How many values it has, nulls included.</param>
/// <param name="Start">Where its first page begins in the file.</param>
/// <param name="Length">How many bytes its pages take.</param>
internal readonly record struct ColumnChunk(int Codec, long Values, long Start, long Length);

/// <summary>
/// What the end of a Parquet file says of one of its columns
/// (https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift).
/// </summary>
/// <param name="TextColumns">The names of all columns of text that lie in no other.</param>
/// <param name="IsFound">Whether the column that was asked for is among them.</param>
/// <param name="IsOptional">Whether the column may hold nulls.</param>
/// <param name="Chunks">The column's part of every row group, in order.</param>
internal sealed record ParquetFooter(IReadOnlyList<string> TextColumns, bool IsFound, bool IsOptional, IReadOnlyList<ColumnChunk> Chunks)
{
    private const int ByteArrayType = 6;

    private enum Repetition { Required, Optional, Repeated }

    private readonly record struct SchemaElement(string Name, long Type, Repetition Repetition, long Children);

    /// <summary>Reads the description of a column.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="EndOfStreamException">It ends too early.</exception>
    public static ParquetFooter Read(ReadOnlySpan<byte> footer, string column)
    {
        var thrift = new ThriftReader(footer);
        var result = default(ParquetFooter);
        var leaf = -1; // the column's number among those that hold values
        var chunks = new List<ColumnChunk>();
        while (thrift.NextField(out var field, out var type))
        {
            if (field == 2 && type == ThriftType.List)
                result = FindColumn(ReadSchema(ref thrift), column, out leaf);
            else if (field == 4 && type == ThriftType.List && leaf >= 0)
                ReadRowGroups(ref thrift, leaf, chunks);
            else
                thrift.Skip(type);
        }

        return result is null ? throw new InvalidDataException("there is no schema") : result with { Chunks = chunks };
    }

    private static List<SchemaElement> ReadSchema(ref ThriftReader thrift)
    {
        var elements = new List<SchemaElement>();
        for (var count = thrift.List(out _); count > 0; count--)
        {
            var element = new SchemaElement("", -1, Repetition.Required, 0);
            var outer = thrift.BeginStruct();
            while (thrift.NextField(out var field, out var type))
            {
                switch (field, type)
                {
                    case (1, ThriftType.Int32): element = element with { Type = thrift.Int64() }; break;
                    case (3, ThriftType.Int32): element = element with { Repetition = (Repetition)thrift.Int64() }; break;
                    case (4, ThriftType.Binary): element = element with { Name = thrift.Text() }; break;
                    case (5, ThriftType.Int32): element = element with { Children = thrift.Int64() }; break;
                    default: thrift.Skip(type); break;
                }
            }

            thrift.EndStruct(outer);
            elements.Add(element);
        }

        return elements;
    }

    /// <summary>Finds the column among the root's children; all elements stand in the order of the tree, from its root.</summary>
    private static ParquetFooter FindColumn(List<SchemaElement> elements, string column, out int leaf)
    {
        var texts = new List<string>();
        var isOptional = false;
        leaf = -1;
        for (int i = 1, leaves = 0; i < elements.Count; leaves += PassLeaves(elements, ref i))
        {
            var element = elements[i];
            if (element.Children != 0 || element.Type != ByteArrayType || element.Repetition is not (Repetition.Required or Repetition.Optional))
                continue;
            texts.Add(element.Name);
            if (element.Name == column)
                (leaf, isOptional) = (leaves, element.Repetition == Repetition.Optional);
        }

        return new ParquetFooter(texts, leaf >= 0, isOptional, []);
    }

    /// <summary>Goes past an element and all below it.</summary>
    /// <returns>How many of them hold values.</returns>
    private static int PassLeaves(List<SchemaElement> elements, ref int i)
    {
        var leaves = 0;
        for (var open = 1L; open > 0 && i < elements.Count; i++)
        {
            var children = elements[i].Children;
            if (children is < 0 or > int.MaxValue)
                throw new InvalidDataException("a column has an impossible number of parts");
            open += children - 1;
            leaves += children == 0 ? 1 : 0;
        }

        return leaves;
    }

    private static void ReadRowGroups(ref ThriftReader thrift, int leaf, List<ColumnChunk> chunks)
    {
        for (var count = thrift.List(out _); count > 0; count--)
        {
            var outer = thrift.BeginStruct();
            var chunk = default(ColumnChunk?);
            while (thrift.NextField(out var field, out var type))
            {
                if (field == 1 && type == ThriftType.List)
                    chunk = ReadColumns(ref thrift, leaf);
                else
                    thrift.Skip(type);
            }

            thrift.EndStruct(outer);
            chunks.Add(chunk ?? throw new InvalidDataException("a row group lacks the column"));
        }
    }

    private static ColumnChunk? ReadColumns(ref ThriftReader thrift, int leaf)
    {
        var chunk = default(ColumnChunk?);
        for (int i = 0, count = thrift.List(out _); i < count; i++)
        {
            if (i != leaf)
            {
                thrift.Skip(ThriftType.Struct);
                continue;
            }

            var outer = thrift.BeginStruct();
            while (thrift.NextField(out var field, out var type))
            {
                if (field == 3 && type == ThriftType.Struct)
                    chunk = ReadChunk(ref thrift);
                else if (field == 1 && type == ThriftType.Binary)
                    throw new InvalidDataException($"the data lie in another file, {thrift.Text()}");
                else
                    thrift.Skip(type);
            }

            thrift.EndStruct(outer);
        }

        return chunk;
    }

    private static ColumnChunk ReadChunk(ref ThriftReader thrift)
    {
        long codec = -1, values = -1, length = -1, data = -1, dictionary = 0;
        var outer = thrift.BeginStruct();
        while (thrift.NextField(out var field, out var type))
        {
            switch (field, type)
            {
                case (1, ThriftType.Int32) when thrift.Int64() != ByteArrayType: throw new InvalidDataException("a row group has other types than the schema");
                case (1, ThriftType.Int32): break;
                case (4, ThriftType.Int32): codec = thrift.Int64(); break;
                case (5, ThriftType.Int64): values = thrift.Int64(); break;
                case (7, ThriftType.Int64): length = thrift.Int64(); break;
                case (9, ThriftType.Int64): data = thrift.Int64(); break;
                case (11, ThriftType.Int64): dictionary = thrift.Int64(); break;
                default: thrift.Skip(type); break;
            }
        }

        thrift.EndStruct(outer);
        var start = dictionary > 0 ? Math.Min(dictionary, data) : data; // some writers put 0 where there is no dictionary
        return values >= 0 ? new ColumnChunk((int)codec, values, start, length) : throw new InvalidDataException("a column does not say how many values it has");
    }
}
