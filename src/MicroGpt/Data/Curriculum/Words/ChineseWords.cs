using MicroGpt.Data.Curriculum.Language;

namespace MicroGpt.Data.Curriculum.Words;

/// <summary>Chinese words by kind. A word held out stands in no template and in no other list's training part.</summary>
internal static class ChineseWords
{
    public static readonly Fillers Girls = new(
        "小红，小芳，小燕，小玲，小青，小云，小雪，小梅，小丽，小兰，小月，小英，丽娜，秀英，美玲，文静，春花，海燕，玉兰，雪梅，红霞，晓燕，小敏，小静，小娟，小琴",
        "佳怡，雨桐，梓涵，思琪，欣妍，诗雅，若曦，语嫣");

    public static readonly Fillers Boys = new(
        "小明，小刚，小军，小华，小东，小文，小龙，小强，小伟，小波，小亮，小勇，建国，大伟，国强，志强，海龙，文军，春生，小山，小虎，小林，小江，小海，小杰，小光",
        "浩然，子轩，宇航，俊熙，博文，泽宇，昊天，铭哲");

    /// <summary>Things of which one says 一个.</summary>
    public static readonly Fillers Things = new(
        "球，书包，杯子，盒子，篮子，瓶子，盘子，碗，铃铛，气球，箱子，枕头，风车，娃娃，闹钟，锅，水壶，袋子，玩具，灯泡，哨子，面具，花瓶，轮子，书架，柜子，桶，罐子，陀螺，足球，相框，笔筒",
        "灯笼，信封，奖杯，花篮，钱包，手镯，口琴，帐篷，望远镜，指南针，魔方，徽章");

    /// <summary>Things that a child can make.</summary>
    public static readonly Fillers Crafts = new("风车，娃娃，面具，书架，篮子，笔筒，枕头，盒子，玩具，袋子，箱子，花瓶", "灯笼，花篮，信封，帐篷，钱包");

    /// <summary>Things of which one says 个 when counting.</summary>
    public static readonly Fillers Items = new(
        "苹果，梨，鸡蛋，球，杯子，气球，土豆，西瓜，包子，橘子，瓶子，面包，玩具，碗，铃铛，风车",
        "核桃，桃子，石榴，芒果，饺子，柠檬，徽章，灯笼");

    public static readonly Fillers Foods = new(
        "苹果，梨，葡萄，西瓜，橘子，香蕉，米饭，面条，包子，面包，鸡蛋，土豆，白菜，豆腐，蛋糕，糖，玉米，胡萝卜，豆子，鱼，蜂蜜，花生",
        "核桃，桃子，石榴，芒果，饺子，柠檬，蘑菇，南瓜，菠菜，樱桃");

    /// <summary>Animals of which one says 一只.</summary>
    public static readonly Fillers Animals = new(
        "猫，狗，兔子，小鸟，公鸡，母鸡，鸭子，山羊，猴子，老鼠，青蛙，乌龟，狐狸，松鼠，鹅，小熊，老虎，羊，蜜蜂，燕子，鸽子，小狗，小猫",
        "企鹅，孔雀，刺猬，熊猫，海豚，河马，长颈鹿，袋鼠，猫头鹰，水獭");

    public static readonly Fillers Colors = new("红色，蓝色，绿色，黄色，白色，黑色", "紫色，粉色，灰色，橙色，银色");

    public static readonly Fillers Adjectives = new("大，小，新，旧，红色，蓝色，绿色，黄色，白色，黑色，圆，漂亮，便宜", "紫色，灰色，银色，古老，透明");

    public static readonly Fillers Places = new(
        "公园，学校，河边，商店，图书馆，花园，车站，农场，山上，海边，村子，市场，桥边，菜园，书店，动物园，工厂，湖边，树林，广场，医院，饭店",
        "博物馆，体育馆，电影院，码头，邮局，教堂，果园，瀑布，沙漠，温室");

    public static readonly Fillers Towns = new(
        "北京，上海，广州，深圳，南京，天津，武汉，成都，重庆，西安，杭州，长沙，济南，沈阳，大连，青岛，郑州，福州，昆明，合肥，南昌，太原",
        "苏州，哈尔滨，厦门，贵阳，兰州，海口，宁波，桂林，拉萨，洛阳");

    public static readonly Fillers Jobs = new(
        "老师，医生，农民，工人，司机，厨师，画家，歌手，护士，警察，裁缝，木匠，作家，渔夫，园丁，猎人，店员，水手",
        "律师，演员，记者，翻译，导游，邮递员，消防员，理发师，飞行员");

    public static readonly Fillers Furniture = new("床，桌子，椅子，沙发，柜台，书桌，大树，台阶，地毯，长凳，箱柜，垫子", "钢琴，窗台，衣橱，屏风，壁炉，吊床");

    public static readonly Fillers Topics = new(
        "牙医，聚会，房租，旅行，会议，作业，菜谱，火车票，购物，假期，足球赛，音乐课，猫粮，手机，生日，考试，钥匙，自行车，音乐会，野餐",
        "护照，婚礼，保险，瑜伽课，马拉松，疫苗，发票，密码，签证");

    public static readonly Lexicon Lexicon = new(
        new Dictionary<string, Fillers>
        {
            ["thing"] = Things,
            ["craft"] = Crafts,
            ["item"] = Items,
            ["food"] = Foods,
            ["animal"] = Animals,
            ["color"] = Colors,
            ["adj"] = Adjectives,
            ["place"] = Places,
            ["town"] = Towns,
            ["job"] = Jobs,
            ["furniture"] = Furniture,
            ["topic"] = Topics,
        },
        new Lexicon.Gender(Girls, ("ta", "她")),
        new Lexicon.Gender(Boys, ("ta", "他")));

    /// <summary>The same with every second word invented, as <see cref="EnglishWords.Inventive"/>.</summary>
    public static readonly Lexicon Inventive = Lexicon.With((draw, kind) => !draw.Chance(0.5) ? null : kind is "hero" or "friend" ? Name(draw) : Invented(draw));

    private const string Surnames = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗";
    private const string Given = "明红芳刚军燕玲华东青文龙云雪梅强伟丽敏静波亮勇兰月英娜秀春海国志建玉霞山虎江杰光";

    private static readonly string[] s_heldOut = [.. Lexicon.All.SelectMany(fillers => fillers.HeldOut).Distinct()];

    // All that words are written with, those held out too: a character that was never seen can't be copied, as a letter can.
    private static readonly char[] s_characters =
        [.. string.Concat(Lexicon.All.SelectMany(fillers => fillers.Training).Concat(s_heldOut)).Concat(Surnames).Concat(Given).Distinct()];

    // With which a word begins and ends without making, with what stands before it or behind it, one that is held out.
    private static readonly char[] s_first = [.. s_characters.Where(character => !s_heldOut.Any(word => word.LastIndexOf(character) > 0))];
    private static readonly char[] s_last = [.. s_characters.Where(character => !s_heldOut.Any(word => word.IndexOf(character, StringComparison.Ordinal) is var at && at >= 0 && at < word.Length - 1))];

    /// <summary>Two or three characters to learn from that are no word: see <see cref="InventedWords"/>.</summary>
    private static string Invented(Draw draw)
    {
        while (true)
        {
            var word = $"{draw.Pick(s_first)}{(draw.Chance(0.3) ? draw.Pick(s_characters) : "")}{draw.Pick(s_last)}";
            if (!InventedWords.IsHeldOut(word[..2]) && !s_heldOut.Any(heldOut => word.Contains(heldOut, StringComparison.Ordinal)))
                return word;
        }
    }

    /// <summary>
    /// A surname with one or two characters; a seventh of the names, by their characters, belongs to the test. Every second one to learn
    /// from has any characters.
    /// </summary>
    public static string Name(Draw draw)
    {
        if (draw.Part != CurriculumPart.Test && draw.Chance(0.5))
            return Invented(draw);
        while (true)
        {
            var name = $"{Surnames[draw.Index(Surnames.Length)]}{Given[draw.Index(Given.Length)]}";
            if (draw.Chance(0.5))
                name += Given[draw.Index(Given.Length)];
            // A held-out name must not be the beginning of another either: both are decided by their first two characters.
            if (InventedWords.IsHeldOut(name[..2]) == (draw.Part == CurriculumPart.Test))
                return name;
        }
    }
}
