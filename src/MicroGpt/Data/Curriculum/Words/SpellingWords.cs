using MicroGpt.Data.Curriculum.Language;

namespace MicroGpt.Data.Curriculum.Words;

/// <summary>Words to spell, besides those of the other lists: the held-out ones stand nowhere else.</summary>
internal static class SpellingWords
{
    public static readonly Fillers Words = new(
        """
        able, about, above, across, action, add, adventure, afraid, after, again, against, age, agree, ahead, air, allow, almost,
        alone, along, already, always, among, angry, answer, apart, apple, april, area, arm, around, arrive, arrow, ask, attack,
        august, aunt, autumn, awake, away, baby, back, balance, banana, bandage, bank, bark, base, battle, beauty, become, before,
        begin, behind, believe, below, beside, better, between, beyond, bitter, blood, bloom, blossom, board, body, bone, border,
        bother, bottom, branch, brave, bread, break, breath, breeze, bright, bring, brother, bubble, build, bunch, burn, business,
        butter, butterfly, cabin, call, calm, candy, captain, care, carry, catch, cause, ceiling, center, century, chance, change,
        cheap, cheer, cheese, chicken, child, choice, choose, circle, city, class, clean, clear, clever, climb, close, cloth, cloud,
        coast, coffee, cold, collect, color, common, cook, copper, copy, corner, cottage, cotton, country, courage, cousin, cover,
        cradle, crazy, cream, cross, crowd, cry, curious, current, custom, danger, dark, daughter, december, decide, deep, desert,
        design, dinner, direction, dirty, distance, doctor, dollar, double, doubt, dragon, dream, dress, drink, drive, drop, dry,
        during, early, earth, east, easy, edge, effect, eight, either, elbow, eleven, empty, enemy, energy, enjoy, enough, enter,
        evening, every, exact, example, except, excite, exercise, explain, express, eye, face, fact, fair, fall, false, family,
        famous, father, favor, february, feed, fellow, fence, fever, field, fifteen, fight, figure, fill, final, finger, finish,
        first, flame, flat, flight, float, flood, floor, flour, flower, follow, foot, force, forest, forget, forgive, fork, forward,
        frame, free, freedom, fresh, friday, friend, friendly, front, frost, fruit, full, funny, future, garage, gate, gather,
        gentle, ghost, giant, gift, ginger, glad, glass, glory, gold, grammar, grandmother, grass, great, ground, group, grow,
        guess, guest, guide, habit, hair, half, hammer, hand, handle, happen, happy, hard, harvest, hate, head, health, heart, heat,
        heaven, heavy, height, hello, help, hidden, history, hold, hole, holiday, hollow, home, honest, honey, hope, hospital,
        hotel, hour, house, hundred, hungry, hurry, husband, ice, idea, important, inside, insect, instead, interest, iron, island,
        january, jelly, join, joke, journey, joy, judge, juice, july, jump, june, just, keep, kick, kind, king, kingdom, kiss,
        kitchen, knee, knife, knock, knot, know, lady, language, large, last, late, laugh, law, lazy, lead, learn, leather, leave,
        lemon, lesson, level, liberty, lift, light, limit, line, lion, lip, list, listen, little, lonely, loud, love, lucky, lunch,
        machine, magic, maple, march, market, matter, meal, mean, measure, meat, medicine, meet, melt, member, memory, merry,
        message, metal, middle, midnight, milk, mind, minute, mirror, missing, mistake, mix, modern, moment, monday, money, month,
        moon, morning, mother, motion, mountain, mouth, move, movie, muscle, music, nation, nature, neck, neighbor, nephew, nerve,
        never, next, nice, niece, night, nine, nobody, noise, noon, north, nose, note, nothing, november, number, ocean, october,
        offer, office, often, open, opinion, orchestra, order, organ, other, outside, oven, owner, page, pain, palm, paper, parent,
        party, passenger, past, path, pattern, peace, pepper, perfect, period, person, phone, pipe, pirate, planet, plant, play,
        please, pocket, poem, poison, police, polite, poor, popular, possible, powder, power, practice, present, press, pretty,
        price, prince, princess, prison, prize, problem, promise, proud, public, pull, pure, push, quarter, queen, question, quick,
        quiet, quite, rabbit, race, rain, rainbow, raise, reach, read, ready, real, reason, remember, repair, repeat, reply, rest,
        return, rich, ride, right, rise, river, road, rock, room, root, rough, royal, rubber, rule, sad, safe, salt, sand, sandwich,
        saturday, scale, science, scissors, scream, season, second, secret, seed, sense, september, serious, seven, shadow, shake,
        shape, share, sharp, sheep, ship, shirt, shore, short, shoulder, shout, silence, simple, sister, skill, skin, skirt, sleep,
        slide, slippery, slow, smell, smile, smoke, smooth, snow, soldier, son, song, sorry, sound, south, space, spark, special,
        speed, spell, spirit, spring, star, start, steam, steel, step, still, storm, story, straight, strange, strawberry, stream,
        street, strength, stretch, string, strong, student, success, sudden, sugar, summer, sunday, surprise, sweet, swim, table,
        tail, talk, tall, taste, taxi, teeth, tell, temper, ten, thank, thick, thin, thing, thirsty, thirteen, thought, thread,
        throat, throw, thumb, thunder, thursday, tiger, time, tired, today, together, tomorrow, tongue, tooth, touch, travel,
        treasure, tree, trick, trouble, true, trust, truth, tuesday, turkey, twelve, twenty, twin, ugly, uncle, under, understand,
        universe, until, useful, value, vegetable, verb, village, visit, voice, volcano, wait, wake, walk, warm, wash,
        water, wave, weak, weather, wednesday, week, weight, welcome, west, whale, whisper, white, wide, wife, wild, wind, window,
        winter, wisdom, wise, wish, woman, wonder, wood, wool, word, work, world, worry, worth, write, wrong, year, yellow,
        yesterday, young, zero
        """,
        """
        absent, alphabet, ambulance, ancient, apologize, athlete, avocado, ballet, barbecue, blizzard, broccoli, buffalo, cabbage,
        cactus, canary, caramel, caterpillar, cathedral, celery, champion, cinnamon, coconut, confetti, crocodile, cucumber,
        dinosaur, dolphin, eclipse, elevator, emerald, festival, flamingo, garlic, glacier, gorilla, gravity, hurricane, jaguar,
        jungle, kangaroo, ketchup, koala, lavender, leopard, lettuce, limousine, mammoth, mermaid, mosquito, mustard, nectar,
        octopus, opera, oyster, paprika, parachute, peacock, pelican, pharmacy, pistachio, porcupine, pyramid, raccoon, raspberry,
        rhubarb, salmon, satellite, shampoo, skeleton, spaghetti, stadium, submarine, symphony, tangerine, terrace, tornado,
        trampoline, tsunami, typhoon, vanilla, velvet, vinegar, vulture, walrus, wizard, yogurt
        """);
}
