using MicroGpt.Data.Curriculum.Language;

namespace MicroGpt.Data.Curriculum.Words;

/// <summary>English words by kind. A word held out stands in no template and in no other list's training part.</summary>
internal static class EnglishWords
{
    public static readonly Fillers Girls = new(
        """
        Anna, Amy, Bella, Betty, Carla, Clara, Daisy, Dora, Ella, Emma, Eva, Fiona, Gina, Grace, Hanna, Heidi, Ida, Iris, Jenny,
        Julia, Kate, Lena, Lily, Lucy, Maya, Mia, Molly, Nina, Nora, Olga, Polly, Rosa, Ruby, Sara, Sofia, Tara, Tess, Vera,
        Wendy, Zoe, Alma, Bonnie, Cora, Elsa, Flora, Hazel, Ines, Jana, Kira, Lara, Marta, Nelly, Pia, Rita, Stella, Tina
        """,
        "Agnes, Bianca, Celia, Edith, Frida, Greta, Hilda, Ingrid, Judith, Mabel, Petra, Sylvia, Thea, Ursula, Yvonne, Gwen");

    public static readonly Fillers Boys = new(
        """
        Adam, Alex, Ben, Bruno, Carl, Colin, Dan, David, Eddie, Erik, Felix, Finn, Fred, George, Hans, Henry, Hugo, Ivan, Jack,
        Jacob, John, Karl, Leo, Luke, Mark, Max, Nick, Noah, Oliver, Oscar, Paul, Peter, Sam, Simon, Theo, Tim, Toby, Tom, Victor,
        Will, Anton, Bill, Chris, Dennis, Emil, Frank, Gus, Harry, Jim, Kevin, Lars, Matt, Ned, Pablo, Rob, Steve
        """,
        "Alfred, Boris, Clive, Edgar, Gilbert, Harvey, Ismael, Jasper, Kurt, Lionel, Mortimer, Neville, Otto, Ralph, Stefan, Walter");

    /// <summary>Things that a child can own.</summary>
    public static readonly Fillers Things = new(
        """
        ball, kite, book, lamp, cup, hat, drum, boat, box, key, bell, map, rope, coat, scarf, basket, bucket, candle, clock, pen,
        pencil, ruler, bag, bottle, bowl, plate, spoon, fork, pan, pot, chair, stool, blanket, pillow, mirror, comb, brush, broom,
        ladder, hammer, nail, saw, shovel, rake, wheel, cart, wagon, sled, bicycle, train, truck, robot, doll, puppet, puzzle,
        game, card, letter, stamp, coin, ring, necklace, button, ribbon, belt, shoe, boot, sock, glove, umbrella, tent, net, hook,
        flag, whistle, guitar, violin, flute, trumpet, radio, camera, telescope, compass, watch, magnet, jar, tin, barrel, chest,
        stone, shell, feather, stick, pebble, marble, balloon, crayon, notebook, poster, painting, vase, teapot, kettle, axe, oar,
        sail, anchor, lock, chain, bench, shelf, carpet, curtain, towel, sponge, fan, torch, helmet, shield, crown, mask, cape,
        wand, tray, ticket, picture, rocket, top, block, brick, plank, wire, switch, engine, diary
        """,
        """
        lantern, backpack, thimble, hammock, tambourine, accordion, calendar, cushion, envelope, funnel, goblet, harp, kayak,
        magazine, napkin, parcel, quilt, raft, saddle, tripod, trophy, wallet, zipper, wrench, bracelet, lasso, medal, needle,
        scooter, spade, suitcase, amulet
        """);

    /// <summary>Things that a child can make.</summary>
    public static readonly Fillers Crafts = new(
        "kite, boat, box, doll, puppet, chair, stool, cart, wagon, sled, mask, basket, lamp, bench, shelf, flag, drum, flute, ladder, bag, hat, scarf, blanket, rocket, robot, puzzle, crown, shield, tent, candle, bowl, cup, poster, notebook, game, whistle",
        "lantern, hammock, cushion, calendar, raft, quilt, bracelet, backpack, kayak, goblet, saddle, trophy");

    /// <summary>Small things that are counted.</summary>
    public static readonly Fillers Items = new(
        "apple, pear, plum, nut, egg, cookie, coin, stamp, card, marble, shell, pencil, button, flower, stone, balloon, cup, stick, cherry, bean, candle, book, sticker, cake, rose, ball",
        "walnut, biscuit, muffin, peach, olive, acorn, badge, bead, token, tulip");

    public static readonly Fillers Foods = new(
        "apples, pears, plums, cherries, nuts, bread, cheese, soup, rice, cake, honey, beans, carrots, potatoes, tomatoes, eggs, noodles, pancakes, cookies, grapes, melons, berries, corn, peas, onions, pies, butter, jam, salad, porridge",
        "mushrooms, pumpkins, walnuts, biscuits, dumplings, olives, peaches, figs, waffles, lentils, radishes, muffins, apricots, spinach");

    public static readonly Fillers Animals = new(
        "dog, cat, rabbit, mouse, duck, hen, goose, cow, horse, pony, goat, sheep, pig, frog, turtle, fox, bear, wolf, deer, owl, crow, squirrel, hedgehog, spider, snail, seal, lion, tiger, monkey, elephant, donkey, lamb, kitten, puppy, parrot, swan, crab, bird",
        "badger, beaver, camel, otter, penguin, raven, weasel, zebra, hamster, giraffe, pelican, lizard, lobster, falcon, panda");

    public static readonly Fillers Colors = new(
        "red, blue, green, yellow, white, black, brown, golden",
        "purple, orange, pink, grey, silver, crimson");

    /// <summary>How a thing looks or feels.</summary>
    public static readonly Fillers Adjectives = new(
        "big, small, little, old, new, tiny, heavy, round, long, shiny, wooden, soft, red, blue, green, yellow, white, black, brown, golden",
        "huge, crooked, dusty, plastic, narrow, striped, purple, orange, pink, grey, silver, crimson");

    /// <summary>Places that one is at, near, and goes to.</summary>
    public static readonly Fillers Places = new(
        "mill, forest, market, harbor, castle, farm, library, school, garden, bakery, station, park, bridge, tower, cave, lake, hill, beach, river, meadow, barn, museum, workshop, theater, lighthouse, orchard, square, church, village, pond, shop, field",
        "windmill, monastery, palace, quarry, stadium, vineyard, valley, canyon, airport, greenhouse, lagoon, observatory, chapel, fountain, jungle, swamp");

    public static readonly Fillers Towns = new(
        """
        Paris, London, Rome, Berlin, Madrid, Vienna, Prague, Athens, Cairo, Tokyo, Delhi, Lima, Boston, Chicago, Dublin, Helsinki,
        Hamburg, Lisbon, Milan, Moscow, Munich, Naples, Nairobi, Oxford, Porto, Quebec, Sydney, Toronto, Turin, Warsaw, York,
        Zagreb, Bergen, Geneva, Krakow, Lagos, Accra, Havana, Bogota, Manila, Dallas, Seoul, Bath, Basel, Ghent, Malmo, Perth
        """,
        "Oslo, Bremen, Cardiff, Denver, Edinburgh, Florence, Glasgow, Istanbul, Kyoto, Leipzig, Marseille, Nagoya, Riga, Seville, Tallinn, Utrecht, Valencia, Antwerp");

    public static readonly Fillers Jobs = new(
        "baker, farmer, teacher, doctor, nurse, painter, singer, driver, cook, gardener, fisher, sailor, pilot, tailor, smith, miller, writer, dancer, builder, carpenter, shepherd, hunter, clown, guard, tinker, cleaner, waiter, butcher",
        "plumber, barber, librarian, mechanic, potter, weaver, actor, engineer, lawyer, juggler, archer, jeweler");

    /// <summary>Where things are kept, for "under the bed".</summary>
    public static readonly Fillers Furniture = new(
        "bed, table, sofa, stairs, desk, oven, tree, cupboard, sink, stove, rug, bench, carpet, steps, log, mat, couch, shelf",
        "wardrobe, bookcase, fireplace, piano, bathtub, armchair, hedge, porch, chimney, balcony");

    /// <summary>What one keeps notes on.</summary>
    public static readonly Fillers Topics = new(
        "the dentist, the party, the garden, the car, the rent, the trip, the meeting, the homework, the recipe, the doctor, the train, the shopping, the holiday, the football game, the music lesson, the cat food, the new phone, the broken window, the birthday, the school play, the bus, the library book, the test, the house keys, the bike, the letter, the concert, the summer camp, the neighbor, the job, the paint, the picnic",
        "the passport, the wedding, the plumber, the insurance, the yoga, the marathon, the vaccine, the invoice, the roommate, the piano, the suitcase, the password");

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
        new Lexicon.Gender(Girls, ("he", "she"), ("him", "her"), ("his", "her"), ("himself", "herself")),
        new Lexicon.Gender(Boys, ("he", "he"), ("him", "him"), ("his", "his"), ("himself", "himself")));

    /// <summary>
    /// The same with every second word invented, of the kinds that replies repeat: for skills in which what counts is to take a word from
    /// where it stands, and not to know it.
    /// </summary>
    public static readonly Lexicon Inventive = Lexicon.With((draw, kind) => kind switch
    {
        "hero" or "friend" or "town" => draw.Chance(0.5) ? InventedWords.Name(draw) : null,
        "thing" or "craft" or "item" or "food" or "animal" or "place" or "job" or "furniture" or "color" or "adj" => draw.Chance(0.5) ? InventedWords.Next(draw) : null,
        _ => null,
    });
}
