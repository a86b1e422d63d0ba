using MicroGpt.Data.Curriculum.Language;
using static MicroGpt.Data.Curriculum.Language.Template;

namespace MicroGpt.Data.Curriculum.Skills;

/// <summary>What happens in the stories: each plot is a list of stages, each stage told in one of several ways.</summary>
internal static class StoryPlots
{
    public static readonly Template[] Beginnings = All(
        "[Once upon a time|Long ago|A long time ago], there was a [little|young|small|shy|clever|cheerful|quiet] [child|person] [named|called] {hero} who lived near {a place}. [{^hero.his} best friend was [called |]{friend}.|{hero} had a good friend, {friend}.]",
        "{hero} and {friend} lived in {town}, [close to|not far from|next to] the {place}.",
        "[One|On a] [sunny|rainy|cold|warm|windy|bright|cloudy|foggy] morning, {hero} [woke up|got up|went out] [early|with a smile|full of plans]. {friend}, {hero.his} friend, was already [waiting|at the {place}|there].",
        "{hero} was a [curious|brave|kind|careful|funny|dreamy|busy] [child|little person], and {hero.his} best friend was {friend}.",
        "In a [small|quiet|busy|pretty] house near the {place}, {hero} lived with {hero.his} [mother|father|grandmother|grandfather|aunt|uncle|family]. Next door lived {hero.his} friend {friend}.",
        "Every [day|morning|evening|Sunday|summer], {hero} and {friend} met at the {place}.",
        "{hero} and {friend} were [neighbors|friends|good friends|the best of friends]. They [lived near the {place}|did almost everything together].",
        "It was the [first|last] day of [spring|summer|autumn|winter], and {hero} [sat|stood|waited] near the {place} with {friend}.");

    public static readonly Template[] Asides = All(
        "The wind [blew softly|sang in the trees|was cold].", "A {color} bird [watched from a branch|flew over the {place}|sang a little song].", "[Clouds|Small clouds|Big clouds] moved over the sky.", "{hero} [thought of {hero.his} mother|took a deep breath|hummed a song].",
        "It smelled of {food}.", "Somewhere a bell [rang|rang three times].", "[It began to rain a little|The sun came out|The sun was warm on {hero.his} face].", "\"What a day!\" said {friend}.", "{hero} ate some {food}.", "An old {job} [walked by|waved from the other side|smiled and went on].");

    public static readonly Template[] Endings = All(
        "[That night|In the evening], {hero} [slept well|fell asleep with a smile|told the whole story at home].", "[And from|From] that day on, {hero} and {friend} were [closer than ever|the best of friends|never bored].", "\"[That was the best day|I will never forget this day|Let us do it again tomorrow],\" said {hero}.",
        "Then they [went home|walked home together|ate {food} and laughed].", "{hero} learned that [it is good to ask for help|small things can be great|a friend is worth more than gold|one should never give up|being kind makes two people happy].", "And {hero} [smiled|was happy|was proud of {hero.himself}].", "The end.");

    public static readonly Template[][][] Plots =
    [
        // Something is lost and found.
        [
            All("{hero} had {a adj} {thing} and [took it everywhere|loved it very much|would not give it away for anything].", "{^hero.his} [favorite|dearest] thing was {a adj} {thing}."),
            All("One day, it was gone.", "[But today|Then one morning] the {thing} was not there.", "At the {place}, {hero} [put it down|let it fall] and forgot it."),
            All("{hero} looked [under the {furniture}|behind the house|in every room|in the garden], but [it was not there|found nothing].", "{hero} [cried|was very sad|did not know what to do]. \"Where is my {thing}?\" {hero.he} asked."),
            All("{friend} said, \"[Think|Let us think]: where did you have it last?\"", "{friend} came and [helped to look|said, \"I will help you.\"]", "\"Do not [cry|worry],\" said {friend}. \"We will look together.\""),
            All("They [walked back|went] to the {place2}, and there it [was|lay], [under a bush|next to a stone|in the grass|on a bench].", "{^a animal} had [taken|found] it and [sat|slept] on it.", "An old {job} had found it and [kept it safe|put it in a window]."),
        ],
        // Something is made.
        [
            All("{hero} wanted to [make|build] {a craft} [for {friend}|all by {hero.himself}|for the {place}].", "\"I will [make|build] {a craft},\" said {hero}."),
            All("{^hero.he} [got|looked for|bought] [wood and nails|paper and glue|cloth and thread|what was needed].", "First {hero.he} [drew a plan|asked the {job}|made a list]."),
            All("But [it fell apart|it was too small|it broke|it did not stand|it looked wrong] the first time.", "The first try [was no good|fell over|made everybody laugh]."),
            All("\"Try [again|once more|it another way],\" said {friend}.", "{friend} [brought {food}|held the pieces|showed {hero.him} a trick].", "{hero} [was angry|wanted to stop], but then {hero.he} [tried again|had a new idea]."),
            All("[At last|In the end|By evening], the {craft} was [ready|done], and it was [{color}|beautiful|strong|better than any in a shop].", "The [second|third|tenth] try [worked|was good], and everybody came to see it."),
        ],
        // An animal needs help.
        [
            All("Near the {place2}, {hero} [heard a small sound|saw something move]. It was {a animal}.", "{^a animal} [sat|lay] [by the road|under a tree|in the rain] and [did not move|looked at {hero}]."),
            All("It was hurt and could not [move|get up].", "It was [hungry|thirsty|cold|lost] and [very small|all alone].", "It had [fallen into a hole|lost its mother]."),
            All("\"[Do not be afraid|I will help you|You are safe with me],\" said {hero}.", "{hero} [took off {hero.his} coat|gave it some water|called {friend}]."),
            All("Together with {friend}, {hero.he} [carried|brought] it [home|to the {job}|to a warm place].", "{friend} [knew|asked the {job}] what to do, and [soon|after some days] it was well.", "They gave it {food} and [made a bed for it|sat with it all night]."),
            All("[One day|After a week] the {animal} [ran|went] back to its family, but it [came back to visit|looked back once more].", "The {animal} [stayed|lived with them] and [followed {hero} everywhere|slept at {hero.his} feet]."),
        ],
        // A journey.
        [
            All("{hero} [wanted|had always wished|dreamed] to see {town2}.", "{^a job} told {hero} about [a hidden {place2}|a secret {place2}|the {place2} of {town2}]."),
            All("{^hero.he} packed {a thing}, some {food} and {a adj2} {thing2}.", "So {hero} and {friend} [took|packed] {a thing} and [set off|left early in the morning]."),
            All("The way was [long|steep|muddy], and [soon they were tired|the map was wrong|night came].", "At a [river|bridge|crossroads] they [did not know which way to go|had to wait].", "{^a adj3} {animal} [stood in the way|came out of the trees]."),
            All("\"Which way?\" asked {friend}. \"[Left|Right|Straight on],\" said {hero}, and [it was right|luckily it was right].", "{hero} [gave the {animal} {food}|sang a song], and they [went on|could go on].", "A kind {job} [took them along|showed them the way|gave them {food}]."),
            All("[At last|When the sun went down|Before night], they saw it: [high and bright|more beautiful than in the stories|full of light].", "They [got there|arrived] and [stayed for {number} days|danced with joy|sent a letter home]."),
        ],
        // A fear is overcome.
        [
            All("{hero} was afraid of [the dark|deep water|loud noises|high places|the {animal} at the {place2}].", "There was one thing {hero} [never|did not] [dared to do|do]: go to the {place2} alone."),
            All("The other children [laughed|did not understand].", "\"I [can't|am not able to do it],\" {hero.he} said.", "{^hero.he} told nobody about it."),
            All("But one day {friend} [was lost there|needed help|fell and called for help].", "One evening, {friend} asked {hero.him} to [come along|try it together]."),
            All("{hero}'s heart beat [fast|loudly]. {^hero.he} took [one step|a deep breath], then [another|went on].", "{hero} [held {friend}'s hand|closed {hero.his} eyes|counted to ten] and [went|did it]."),
            All("And [see|look]: it was [not bad at all|only a shadow|almost fun].", "After that, {hero} was [not afraid any more|a little braver every day]."),
        ],
        // A quarrel and peace.
        [
            All("{hero} and {friend} [both wanted|found] {a adj} {thing}.", "There was only one {thing}, and {hero} and {friend} both [wanted|needed] it."),
            All("\"It is mine!\" said {hero}. \"No, mine!\" said {friend}.", "They [shouted|pulled] until [it broke|both were red in the face]."),
            All("For {number} days they did not [talk|play] with each other.", "{hero} went home [alone|angry] and [was sad|missed {hero.his} friend]."),
            All("Then {hero} [took {food} and went to {friend}'s house|wrote a letter: \"I am sorry\"|said, \"I was wrong.\"]", "The {job} [said|told them]: \"[Share it|Take turns], and you will have it twice.\""),
            All("\"You can have it [today, and I tomorrow|in the morning, and I in the evening],\" said {friend}.", "They [repaired it together|gave it to a smaller child|laughed about it]."),
        ],
        // A contest.
        [
            All("There was [a race|a contest|a big game] at the {place}, and {hero} [wanted to win|took part for the first time].", "The winner of the [race|contest] would get {a adj} {thing}."),
            All("{hero} [practiced|trained] every [day|morning] for {number} days.", "{friend} was [faster|stronger|better], everybody [said|knew]."),
            All("On the day, {hero} [fell|was too late|lost a shoe], but [got up|went on].", "At first {friend} was [in front|the best]. Then {friend.he} [fell|lost the way]."),
            All("{hero} [stopped and helped {friend.him} up|could have won now, but stopped to help].", "{hero} ran [as fast as the wind|and did not look back]."),
            All("Nobody [remembers|knows] who won, but all [remember|talk about] [the helping hand|that day].", "{hero} got the {thing} and [gave it to {friend}|shared the joy with {friend}].", "{hero} came in [second|third|last], and was [happy|proud] all the same."),
        ],
        // A surprise.
        [
            All("{friend}'s birthday was [near|coming|tomorrow], and {hero} [had no gift|had a secret plan].", "{hero} wanted to [surprise|give joy to] {friend}."),
            All("{^hero.he} had only {number} coins.", "{^a thing} was too expensive. What now?", "{hero} [asked the {job}|went to the {place2}] and [looked for something special|thought for a long time]."),
            All("So {hero.he} [worked for the {job2}|sold {hero.his} {thing2}|painted a picture|baked a cake].", "In secret, {hero.he} [learned a song|collected {color} stones|wrote a small book]."),
            All("On the day, {hero.he} [hid behind the door|knocked three times|could hardly wait].", "{friend} [opened the door|came home] and [thought that nobody remembered|saw nothing at first]."),
            All("\"[Surprise|Happy birthday]!\" [called|cried] {hero}, and {friend} [jumped for joy|did not know what to say|had tears in {friend.his} eyes].", "It was [the best gift|more than {friend.he} had hoped for]."),
        ],
        // A storm.
        [
            All("[In the night|One evening|At noon], a [great|terrible|wild] storm came over the {place}.", "The sky [turned|became] black, and [thunder rolled|the wind howled]."),
            All("The [roof|door|fence] [flew away|broke], and the {s animal} ran [off|in all directions].", "A tree fell on the [road|bridge|house of the {job}]."),
            All("{hero} [called {friend}|took {a thing} and ran out], and they [closed all windows|brought the {s animal} in|held the door].", "\"We must help the {job},\" said {hero}."),
            All("All night they [sat together and told stories|worked and sang|carried water and wood].", "{friend} lit a candle, and they [ate {food}|waited]."),
            All("In the morning, the sky was [blue|clear], and [everybody helped to repair what was broken|a rainbow stood over the {place}]."),
        ],
        // Learning something.
        [
            All("{hero} wanted to learn to [swim|read|cook|sing|paint|ride|dance|sew|play chess].", "The {job} in {town} [could do|knew] something that nobody else [could|knew]."),
            All("The {job} said, \"[Come every day|It takes time|First you must learn to wait].\"", "\"Will you teach me?\" asked {hero}. \"[Yes|Perhaps|If you work hard],\" said the {job}."),
            All("The first [day|week] was [hard|terrible]: [everything went wrong|nothing worked].", "{hero} [made a hundred mistakes|had to start again {number} times]."),
            All("{friend} [laughed|said it was no use], but {hero} [did not stop|went on].", "Then, one day, [something changed|it was easy|it worked]."),
            All("Now {hero} [teaches {friend}|is the best in {town}|does it every day].", "The {job} [nodded|smiled] and said, \"Now you can [do it|teach me].\""),
        ],
    ];
}
