using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace MicroGpt.Tests;

/// <summary>An assembly's public surface as text that reads like C#: what users of the library can depend on.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext s_nullability = new();

    public static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var space in assembly.GetExportedTypes().GroupBy(type => type.Namespace).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.Append("namespace ").Append(space.Key).Append("\n\n");
            foreach (var type in space.OrderBy(type => type.Name, StringComparer.Ordinal))
            {
                text.Append(Header(type)).Append('\n');
                foreach (var member in Members(type).Order(StringComparer.Ordinal))
                    text.Append("    ").Append(member).Append('\n');
                text.Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Header(Type type)
    {
        if (type.IsEnum)
            return $"public enum {type.Name}";
        var isRecord = type.GetMethods(Declared).Any(method => method.Name is "<Clone>$" or "PrintMembers");
        var kind = (type.IsInterface, type.IsValueType, isRecord) switch
        {
            (true, _, _) => "interface",
            (_, true, true) => (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "") + "record struct",
            (_, true, _) => (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "") + "struct",
            (_, _, true) => "record",
            _ => "class",
        };
        var modifier = type.IsInterface || type.IsValueType ? "" : (type.IsAbstract, type.IsSealed) switch
        {
            (true, true) => "static ",
            (true, _) => "abstract ",
            (_, true) => "sealed ",
            _ => "",
        };
        var parents = (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? [parent] : Type.EmptyTypes)
            .Concat(type.GetInterfaces().Where(face => !(isRecord && face.Name == "IEquatable`1")).OrderBy(face => face.Name, StringComparer.Ordinal))
            .Select(Name).ToArray();
        return $"public {modifier}{kind} {Name(type)}{(parents.Length == 0 ? "" : " : " + string.Join(", ", parents))}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), null)}");
        return type.GetConstructors(Declared).Where(Visible).Select(constructor => $"{Access(constructor)}{Plain(type)}({Parameters(constructor)})")
            .Concat(type.GetFields(Declared).Where(field => field.IsPublic).Select(Field))
            .Concat(type.GetProperties(Declared).Where(property => property.GetAccessors(true).Any(Visible)).Select(Property))
            .Concat(type.GetMethods(Declared).Where(IsOwn).Select(Method));
    }

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsOwn(MethodInfo method) =>
        Visible(method) && !method.IsSpecialName && !method.IsDefined(typeof(CompilerGeneratedAttribute))
        && method.GetBaseDefinition().DeclaringType != typeof(object) && method.GetBaseDefinition().DeclaringType != typeof(ValueType);

    private static string Field(FieldInfo field) =>
        field.IsLiteral
            ? $"public const {Name(field.FieldType)} {field.Name} = {Value(field.GetRawConstantValue())}"
            : $"public {(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Name(field.FieldType)} {field.Name}";

    private static string Property(PropertyInfo property)
    {
        var get = property.GetMethod is { } getter && Visible(getter) ? " get;" : "";
        var setter = property.SetMethod is { } one && Visible(one) ? one : null;
        var isInit = setter?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ?? false;
        var set = setter is null ? "" : isInit ? " init;" : " set;";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        return $"{Access(property.GetMethod ?? setter!)}{required}{Written(property.PropertyType, s_nullability.Create(property))} {name} {{{get}{set} }}";
    }

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        var result = Written(method.ReturnType, s_nullability.Create(method.ReturnParameter));
        return $"{Access(method)}{result} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Access(MethodBase method) =>
        (method.DeclaringType!.IsInterface ? "" : method.IsPublic ? "public " : "protected ")
        + (method.IsStatic ? "static " : method.DeclaringType.IsInterface ? "" : method.IsAbstract ? "abstract "
            : method is MethodInfo one && one.GetBaseDefinition() != one ? "override "
            : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "");

    private static string Parameters(MethodBase method) =>
        (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var isParams = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute));
        var modifier = isParams ? "params " : parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
        var text = $"{modifier}{Written(parameter.ParameterType, s_nullability.Create(parameter))} {parameter.Name}";
        return parameter.HasDefaultValue ? $"{text} = {Value(parameter.RawDefaultValue)}" : text;
    }

    /// <summary>A type's name with the question mark of a reference that may be null.</summary>
    private static string Written(Type type, NullabilityInfo nullability) =>
        Name(type) + (!type.IsValueType && !type.IsGenericParameter && nullability.ReadState == NullabilityState.Nullable ? "?" : "");

    private static string Name(Type type)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Name(value) + "?";
        if (type.IsGenericType)
            return $"{Plain(type)}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
        return s_keywords.GetValueOrDefault(type, type.Name);
    }

    private static string Plain(Type type) => type.Name.Split('`')[0];

    private static string Value(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };

    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };
}
