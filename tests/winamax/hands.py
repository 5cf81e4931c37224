"""Hands made up for tests: one of each family of games, each by the rules and in balance."""

from __future__ import annotations

CASH = """\
Winamax Poker - CashGame - HandId: #77-{n}-1700000000 - Holdem no limit (0.01€/0.02€) - 2023/11/14 22:13:20 UTC
Table: 'Nantes 05' 5-max (real money) Seat #1 is the button
Seat 1: ann (2€)
Seat 3: bob (1.50€)
Seat 4: cat (4€)
*** ANTE/BLINDS ***
bob posts small blind 0.01€
cat posts big blind 0.02€
Dealt to ann [As Kd]
*** PRE-FLOP ***\u0020
ann raises 0.04€ to 0.06€
bob folds
cat calls 0.04€
*** FLOP *** [2c 7h 9s]
cat checks
ann bets 0.10€
cat folds
ann collected 0.22€ from pot
*** SUMMARY ***
Total pot 0.22€ | Rake 0.01€
Board: [2c 7h 9s]
Seat 1: ann (button) won 0.22€


"""
"""0.13 in the pot, 0.10 of a bet that nobody called, 0.01 of rake."""

TOURNAMENT = """\
Winamax Poker - Tournament "Lundi" buyIn: 0,90€ + 0,10€ level: 3 - HandId: #{id}-{n}-1700000000 - \
Holdem no limit (10/40/80) - 2023/11/14 22:13:20 UTC
Table: 'Lundi(5142226)#007' 3-max (real money) Seat #2 is the button
Seat 1: ann (1500)
Seat 2: bob (500)
Seat 3: cat (300)
*** ANTE/BLINDS ***
ann posts ante 10
bob posts ante 10
cat posts ante 10
cat posts small blind 40
ann posts big blind 80
Dealt to bob [Qh Qd]
*** PRE-FLOP ***
bob raises 80 to 160
cat raises 130 to 290 and is all-in
ann raises 1200 to 1490 and is all-in
bob calls 330 and is all-in
*** FLOP *** [2c 7h 9s]
*** TURN *** [2c 7h 9s][3d]
*** RIVER *** [2c 7h 9s 3d][4c]
*** SHOW DOWN ***
ann shows [Ac Kc] (High card : Ace)
bob shows [Qh Qd] (One pair : Queens)
cat shows [Jh Jd] (One pair : Jacks)
ann collected 1000 from side pot 2
bob collected 1300 from main pot
*** SUMMARY ***
Total pot 2300 | No rake
Board: [2c 7h 9s 3d 4c]
Seat 1: ann (big blind) showed [Ac Kc] and won 1000 with High card : Ace
Seat 2: bob (button) showed [Qh Qd] and won 1300 with One pair : Queens
Seat 3: cat (small blind) showed [Jh Jd] and lost with One pair : Jacks


""".replace("{id}", str((5142226 << 32) + 7 + 1))
"""Three all-in; bob wins main and side pot on one line, ann's excess of 1,000 comes back as a side pot."""

OMAHA_HI_LO = """\
Winamax Poker - CashGame - HandId: #78-{n}-1700000000 - Omaha Hi/Lo pot limit (1€/2€) - 2023/11/14 22:13:20 UTC
Table: 'Nantes 06' 6-max (real money) Seat #1 is the button
Seat 1: ann (20€)
Seat 2: bob (30€)
*** ANTE/BLINDS ***
ann posts small blind 1€
bob posts big blind 2€
Dealt to bob [4d 9h 7h 2s]
*** PRE-FLOP ***
ann raises 4€ to 6€
bob raises 12€ to 18€
ann raises 2€ to 20€ and is all-in
bob calls 2€
*** FLOP *** [Ac 5s 4h]
*** TURN *** [Ac 5s 4h][5d]
*** RIVER *** [Ac 5s 4h 5d][Qc]
*** SHOW DOWN ***
ann shows [Ad Td Ts 8d] (Two pairs : Aces and 5)
bob shows [4d 9h 7h 2s] (Two pairs : 5 and 4)
bob shows [4d 9h 7h 2s] (High card : 7)
ann collected 19.75€ from pot(HI)
bob collected 19.75€ from pot(LO)
*** SUMMARY ***
Total pot 39.50€ | Rake 0.50€
Board: [Ac 5s 4h 5d Qc]
Seat 1: ann (small blind) (button) showed [Ad Td Ts 8d] and won 19.75€ with HI : Two pairs : Aces and 5
Seat 2: bob (big blind) showed [4d 9h 7h 2s] and lost with HI : Two pairs : 5 and 4
Seat 2: bob (big blind) showed [4d 9h 7h 2s] and won 19.75€ with LO : High card : 7


"""

STUD = """\
Winamax Poker - CashGame - HandId: #79-{n}-1700000000 - 7-Card Stud fixed limit (1€/5€/10€) - 2023/11/14 22:13:20 UTC
Table: 'Nantes 07' 6-max (real money)\u0020
Seat 2: ann (14€)
Seat 3: bob (200€)
Seat 5: cat (80€)
*** ANTE/BLINDS ***
ann posts ante 1€
bob posts ante 1€
cat posts ante 1€
*** 3rd STREET ***
Dealt to ann [X X 2h]
Dealt to bob [X X Kc]
Dealt to cat [Kd 3s 9h]
ann brings in 2€
bob raises 5€ to 5€
cat folds
ann raises 5€ to 8€
bob calls 5€
*** 4th STREET ***
Dealt to bob [X X Kc] [6d]
Dealt to ann [X X 2h] [5c]
bob bets 3€
ann calls 3€
*** 5th STREET ***
Dealt to bob [X X Kc 6d] [7d]
Dealt to ann [X X 2h 5c] [Js]
*** 6th STREET ***
Dealt to bob [X X Kc 6d 7d] [2d]
Dealt to ann [X X 2h 5c Js] [Ad]
*** 7th STREET ***
Dealt to bob [X X Kc 6d 7d 2d] [X]
Dealt to ann [X X 2h 5c Js Ad] [X]
*** SHOW DOWN ***
bob shows [Jh 6h Kc 6d 7d 2d 9s] (One pair : 6)
ann shows [4d Ac 2h 5c Js Ad Ts] (One pair : Aces)
ann collected 28€ from pot
*** SUMMARY ***
Total pot 28€ | Rake 1€
Seat 2: ann showed [4d Ac 2h 5c Js Ad Ts] and won 28€ with One pair : Aces
Seat 3: bob showed [Jh 6h Kc 6d 7d 2d 9s] and lost with One pair : 6


"""
"""Ann's raise to 8 leaves out her bring-in of 2; her all-in on fourth street is not called one."""

DRAW = """\
Winamax Poker - CashGame - HandId: #80-{n}-1700000000 - 2-7 Triple Draw fixed limit (5€/10€) - 2023/11/14 22:13:20 UTC
Table: 'Nantes 08' 6-max (real money) Seat #4 is the button
Seat 1: ann (100€)
Seat 4: bob (90€)
*** ANTE/BLINDS ***
bob posts small blind 2.50€
ann posts big blind 5€
*** FIRST-BET ***
Dealt to bob [X X X X X]
Dealt to ann [2h Td 8c 7c 8s]
bob raises 5€ to 10€
ann calls 5€
*** FIRST-DRAW ***
ann discard 1 card
bob stands pat [X X X X X]
*** SECOND-BET ***
ann checks
bob checks
*** SECOND-DRAW ***
ann stands pat [2h Td 8c 7c 3s]
bob discard 2 cards
*** THIRD-BET ***
ann checks
bob bets 10€
ann calls 10€
*** THIRD-DRAW ***
ann discard 1 card
bob discard 0 card
*** FOURTH-BET ***
ann bets 10€
bob calls 10€
*** SHOW DOWN ***
ann shows [2h 4d 8c 7c 3s] (High card : 8)
bob shows [9h 4h 5s 3h 2d] (High card : 9)
ann collected 58€ from pot
*** SUMMARY ***
Total pot 58€ | Rake 2€
Seat 1: ann (big blind) showed [2h 4d 8c 7c 3s] and won 58€ with High card : 8
Seat 4: bob (small blind) (button) showed [9h 4h 5s 3h 2d] and lost with High card : 9


"""

EVERY_GAME = (CASH, TOURNAMENT, OMAHA_HI_LO, STUD, DRAW)
