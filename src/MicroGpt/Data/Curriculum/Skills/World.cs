using MicroGpt.Numerics;

namespace MicroGpt.Data.Curriculum.Skills;

/// <summary>An invented world: who lives where, works as what, likes whom and what. The seed decides, and all texts agree.</summary>
internal sealed class World
{
    private static readonly (string English, string Chinese, bool IsShe)[] s_people =
    [
        ("Orla", "奥拉", true), ("Tamsin", "坦辛", true), ("Wren", "雷恩", true), ("Isolde", "伊索尔", true), ("Maren", "玛伦", true),
        ("Linnea", "林妮娅", true), ("Odile", "奥迪尔", true), ("Sunniva", "苏尼瓦", true), ("Perrin", "佩林", false), ("Aldo", "阿尔多", false),
        ("Corin", "科林", false), ("Jory", "乔里", false), ("Lorcan", "洛坎", false), ("Bastian", "巴斯蒂", false), ("Evander", "埃万", false),
        ("Quill", "奎尔", false), ("Rufus", "鲁弗", false), ("Tobin", "托宾", false), ("Saskia", "萨斯娅", true), ("Fenella", "菲内拉", true),
        ("Zelda", "泽尔达", true), ("Dario", "达里奥", false), ("Marlo", "马洛", false), ("Ilka", "伊尔卡", true),
    ];

    private static readonly Word[] s_places =
    [
        new("Brindlemoor", "布林德"), new("Tarnwick", "塔恩威"), new("Osselby", "奥塞比"), new("Highmarrow", "海马罗"), new("Quillhaven", "奎尔港"),
        new("Fernhollow", "费恩谷"), new("Dunmere", "敦米尔"), new("Saltreed", "索特里"), new("Amberfield", "安伯菲"), new("Lowbridge", "洛布里"),
    ];

    private static readonly Word[] s_jobs =
    [
        new("baker", "面包师"), new("farmer", "农民"), new("teacher", "老师"), new("doctor", "医生"), new("painter", "画家"), new("singer", "歌手"),
        new("sailor", "水手"), new("tailor", "裁缝"), new("gardener", "园丁"), new("carpenter", "木匠"), new("hunter", "猎人"), new("writer", "作家"),
    ];

    private static readonly Word[] s_animals =
    [
        new("dog", "狗"), new("cat", "猫"), new("rabbit", "兔子"), new("duck", "鸭子"), new("goat", "山羊"), new("turtle", "乌龟"),
        new("fox", "狐狸"), new("squirrel", "松鼠"), new("parrot", "鹦鹉"), new("frog", "青蛙"), new("hen", "母鸡"), new("monkey", "猴子"),
    ];

    private static readonly Word[] s_foods =
    [
        new("apples", "苹果"), new("pears", "梨"), new("bread", "面包"), new("cheese", "奶酪"), new("soup", "汤"), new("rice", "米饭"),
        new("honey", "蜂蜜"), new("carrots", "胡萝卜"), new("noodles", "面条"), new("grapes", "葡萄"), new("melons", "瓜"), new("eggs", "鸡蛋"),
    ];

    private static readonly Word[] s_kinds = [new("village", "村子"), new("town", "小镇"), new("island", "岛"), new("city", "城市")];

    private static readonly Word[] s_sights =
    [
        new("bridge", "桥"), new("tower", "塔"), new("market", "集市"), new("garden", "花园"), new("harbor", "海港"), new("library", "图书馆"),
        new("mill", "磨坊"), new("gallery", "画廊"), new("lake", "湖"), new("castle", "城堡"),
    ];

    /// <summary>Makes the world of a seed.</summary>
    public World(ulong seed)
    {
        var random = new MersenneTwister(seed);
        var sights = s_sights.ToArray();
        random.Shuffle(sights);
        Places = [.. s_places.Select((name, i) => new Place(i, name, Any(s_kinds), sights[i], s_places[i ^ 1]))]; // neighbours and friends in pairs, so that both say it
        People = [.. s_people.Select((name, i) => new Person(
            i, new Word(name.English, name.Chinese), name.IsShe, Any(s_places), Any(s_jobs), Any(s_animals), Any(s_foods),
            new Word(s_people[i ^ 1].English, s_people[i ^ 1].Chinese)))];

        Word Any(Word[] words) => words[random.NextInt32(words.Length)];
    }

    public IReadOnlyList<Person> People { get; }

    public IReadOnlyList<Place> Places { get; }

    /// <summary>Whether a fact, a numbered relation of a numbered person or place, is never asked for in training: every sixth.</summary>
    public static bool IsHeldOut(int whose, int relation) => (whose * 5 + relation * 7) % 6 == 3;

    /// <summary>A word in both languages.</summary>
    public sealed record Word(string English, string Chinese);

    /// <summary>Someone, with all that is known of them.</summary>
    public sealed record Person(int Number, Word Name, bool IsShe, Word Home, Word Job, Word Pet, Word Food, Word Friend);

    /// <summary>A place, with all that is known of it.</summary>
    public sealed record Place(int Number, Word Name, Word Kind, Word Sight, Word Neighbor);
}
