using MicroGpt.Data.Curriculum.Words;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills.Chinese;

/// <summary>The invented world in Chinese.</summary>
internal static class ChineseWorld
{
    public static WorldFacts Facts(World world) => new(
        world,
        ChineseWords.Lexicon,
        new(word => word.Chinese, "他", "她", ""),
        [
            new(All("{subject}住在{value}。", "{subject}的家在{value}。"), All("{name}住在哪里？", "{name}的家在哪里？", "你知道{name}住在哪里吗？"), "{name}住在{value}。", "{value}。"),
            new(All("{subject}是{value}。", "{subject}的工作是{value}。"), All("{name}的工作是什么？", "{name}做什么工作？", "{name}是做什么的？"), "{name}是{value}。", "{value}。"),
            new(All("{subject}养了一只{value}。", "{subject}有一只{value}。"), All("{name}养了什么动物？", "{name}有什么宠物？", "{name}的宠物是什么？"), "{name}养了一只{value}。", "一只{value}。"),
            new(All("{subject}最喜欢吃{value}。", "{subject}爱吃{value}。"), All("{name}最喜欢吃什么？", "{name}爱吃什么？", "{name}喜欢什么食物？"), "{name}最喜欢吃{value}。", "{value}。"),
            new(All("{subject}的朋友是{value}。", "{subject}和{value}是好朋友。"), All("{name}的朋友是谁？", "谁是{name}的朋友？", "{name}和谁是好朋友？"), "{name}的朋友是{value}。", "{value}。"),
        ],
        [
            new(All("{name}是一个{value}。", "{name}是一个安静的{value}。"), All("{name}是什么地方？", "{name}是一个什么地方？"), "{name}是一个{value}。", "一个{value}。"),
            new(All("{name}的{value}很有名。", "人们来{name}看{value}。"), All("{name}有什么有名的？", "人们来{name}看什么？"), "{name}的{value}很有名。", "{value}。"),
            new(All("{name}在{value}旁边。", "从{name}到{value}不远。"), All("{name}在哪里旁边？", "{name}旁边是什么地方？"), "{name}在{value}旁边。", "{value}旁边。"),
        ]);
}
