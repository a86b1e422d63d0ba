using System.Runtime.InteropServices;

namespace MicroGpt.Data.Documents.Parquet;

/// <summary>Unpacks Zstandard with the system's libzstd, since .NET 10 brings none.</summary>
internal static unsafe class Zstd
{
    private static readonly string[] s_names = OperatingSystem.IsWindows()
        ? ["libzstd.dll", "zstd.dll"]
        : OperatingSystem.IsMacOS()
            ? ["libzstd.1.dylib", "/opt/homebrew/lib/libzstd.1.dylib", "/usr/local/lib/libzstd.1.dylib"]
            : ["libzstd.so.1", "libzstd.so"];

    private static readonly Lazy<nint> s_decompress = new(Load);

    /// <summary>Whether the library is there.</summary>
    public static bool IsAvailable => s_decompress.Value != 0;

    /// <summary>How to get the library.</summary>
    public static string Missing =>
        "it is packed with zstd, and there is no libzstd here: install it (Debian and Ubuntu: apt install libzstd1; Fedora: dnf install libzstd; "
        + "macOS: brew install zstd; Windows: put libzstd.dll beside the program), or write the file with snappy.";

    /// <summary>Unpacks a block that fills its destination exactly.</summary>
    /// <returns>Whether it is whole.</returns>
    public static bool TryUnpack(ReadOnlySpan<byte> packed, Span<byte> unpacked)
    {
        // size_t ZSTD_decompress(void* dst, size_t dstCapacity, const void* src, size_t compressedSize): errors are huge numbers.
        var decompress = (delegate* unmanaged<byte*, nuint, byte*, nuint, nuint>)s_decompress.Value;
        fixed (byte* from = packed, to = unpacked)
            return decompress(to, (nuint)unpacked.Length, from, (nuint)packed.Length) == (nuint)unpacked.Length;
    }

    private static nint Load()
    {
        foreach (var name in s_names)
            if (NativeLibrary.TryLoad(name, out var library) && NativeLibrary.TryGetExport(library, "ZSTD_decompress", out var function))
                return function;
        return 0;
    }
}
