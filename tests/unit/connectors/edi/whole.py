"""One whole document of every kind, in our own words: indented as its loops are nested."""

__all__ = ["EDIFACT", "GROUPS", "X12"]

GROUPS = {
    "850": "PO", "855": "PR", "856": "SH", "860": "PC", "861": "RC", "862": "SS", "940": "OW",
    "945": "SW", "947": "AW", "204": "SM", "990": "GF", "214": "QM", "824": "AG", "997": "FA",
}  # fmt: skip
"""Functional identifiers (element 479), by the standard and not by our tables."""

X12 = {
    "850": """
        BEG*00*SA*4500017**20261125
        CUR*BY*USD
        REF*DP*038
        FOB*DF
        ITD*01*3*2**10**30
        DTM*002*20261212
        N1*BY*ANDON PUMPS*92*0001
          N3*1 MILL ROAD
          N4*AKRON*OH*44301*US
          PER*BD*M KOWALSKI*TE*3305551234
        N1*SU*ACME*92*0815
        PO1*1*5*EA*12.5**BP*PUMP-7*VP*A-700
          PID*F****CENTRIFUGAL PUMP, 7 BAR
          MEA*PD*LN*1.2*EA>1>2
          SCH*5*EA***002*20261212
          N1*ST*DOCK 4*92*0004
            N4*AKRON*OH
        PO1*2*40*EA*0.4**BP*SEAL-2
        CTT*2
        AMT*TT*78.5
        """,
    "855": """
        BAK*00*AC*4500017*20261126****R-4500017
        REF*VR*0815
        DTM*067*20261214
        N1*SE*ACME*92*0815
          N4*DAYTON*OH
        PO1*1*5*EA*12.5**BP*PUMP-7
          PID*F****CENTRIFUGAL PUMP, 7 BAR
          ACK*IQ*3*EA*067*20261212
          ACK*DR*2*EA*067*20261214
        PO1*2*40*EA*0.4**BP*SEAL-2
          ACK*IA*40*EA*067*20261212
        CTT*2
        """,
    "856": """
        BSN*00*S-77*20261211*1130*0001
        DTM*011*20261211*1130
        HL*1**S
          TD1*PLT*1****G*60*LB
          TD5*B*2*RDWY
          REF*BM*BOL-9
          DTM*017*20261212
          N1*SF*ACME*92*0815
            N3*7 FORGE STREET
            N4*DAYTON*OH*45402*US
          N1*ST*ANDON PUMPS*92*0001
          HL*2*1*O
            PRF*4500017***20261125
            HL*3*2*T
              MAN*GM*00106141411234567897
              HL*4*3*I
                LIN*1*BP*PUMP-7*LT*LOT-7
                SN1*1*3*EA
              HL*5*3*I
                LIN*2*BP*SEAL-2*LT*LOT-8
                SN1*2*40*EA
        CTT*5
        """,
    "860": """
        BCH*01*SA*4500017**1*20261127
        REF*DP*038
        DTM*002*20261219
        N1*BY*ANDON PUMPS*92*0001
          PER*BD*M KOWALSKI*TE*3305551234
        POC*1*QI*8*3*EA*12.5**BP*PUMP-7
          PID*F****CENTRIFUGAL PUMP, 7 BAR
          N1*ST*DOCK 4*92*0004
            N4*AKRON*OH
        POC*2*DI*0*40*EA*0.4**BP*SEAL-2
        CTT*2
        """,
    "861": """
        BRA*R-0815*20261214*00*1*0930
        REF*SI*S-77
        DTM*050*20261214*0915
        TD5*B*2*RDWY
        N1*ST*ANDON PUMPS*92*0001
          N4*AKRON*OH
        RCD*1*2*EA*1*EA*01
          LIN*1*BP*PUMP-7*LT*LOT-7
          REF*PO*4500017
          N1*SU*ACME*92*0815
        RCD*2*40*EA
          LIN*2*BP*SEAL-2*LT*LOT-8
        CTT*2
        """,
    "862": """
        BSS*00*SS-9*20261125*DL*20261201*20261212****4500017*A
        DTM*097*20261125*1200
        N1*SU*ACME*92*0815
          PER*SU*J DOE*TE*9375551234
        LIN*1*BP*PUMP-7*PO*4500017
          UIT*EA
          REF*RZ*RET-1
          N1*ST*DOCK 4*92*0004
          FST*5*C*D*20261201
            JIT*2*0800
            JIT*3*1400
          FST*5*C*D*20261212
          SHP*02*100*051*20261130
            REF*SI*S-76
        CTT*1
        """,
    "940": """
        W05*N*WO-31*4500017
        N1*ST*ANDON PUMPS*92*0001
          N3*1 MILL ROAD
          N4*AKRON*OH*44301*US
        G61*IC*M KOWALSKI*TE*3305551234
        G62*02*20261212
        NTE*WHI*KEEP DRY
        W66*M*M
        LX*1
          W01*5*EA**VN*PUMP-7
            G69*CENTRIFUGAL PUMP, 7 BAR
            N9*LT*LOT-7
        LX*2
          W01*40*EA**VN*SEAL-2
        W76*45*62*LB
        """,
    "945": """
        W06*F*WO-31*20261212*S-77**4500017
        N1*ST*ANDON PUMPS*92*0001
          N4*AKRON*OH
        N9*BM*BOL-9
        G62*11*20261212
        W27*M*RDWY
        LX*1
          MAN*GM*00106141411234567897
          W12*CC*5*5*0*EA**VN*PUMP-7
            G69*CENTRIFUGAL PUMP, 7 BAR
            N9*LT*LOT-7
        LX*2
          W12*CP*40*38*2*EA**VN*SEAL-2
        W03*43*61*LB
        """,
    "947": """
        W15*20261214*ADJ-3
        N1*WH*NORTH WAREHOUSE*92*0009
          N4*AKRON*OH
        G62*07*20261214
        W19*53*-2*EA**VN*PUMP-7
          N9*LT*LOT-7
          N1*DE*ANDON PUMPS*92*0001
        W19*AA*4*EA**VN*SEAL-2
        """,
    "204": """
        B2**RDWY**L-4711**PP
        B2A*00*LT
        L11*4500017*PO
        G62*64*20261210*1*1600
        NTE*OTH*CALL BEFORE ARRIVAL
        N1*BT*ANDON PUMPS*92*0001
          N4*AKRON*OH
          L11*ACCOUNT 12*11
          G61*IC*M KOWALSKI*TE*3305551234
        N7**53123*********TL
        S5*1*CL*60*LB
          L11*BOL-9*BM
          G62*37*20261211*I*0800
          N1*SF*ACME*92*0815
            N3*7 FORGE STREET
            N4*DAYTON*OH*45402*US
            G61*SH*J DOE*TE*9375551234
          OID*S-77*4500017**PL*1*L*60
            L5*1*PUMPS
        S5*2*CU*60*LB
          N1*ST*ANDON PUMPS*92*0001
          L5*1*PUMPS
        L3*60*G
        """,
    "990": """
        B1*RDWY*L-4711*20261209*A
        N9*CN*PRO-5
        G62*37*20261211*I*0800
        S5*1*CL
          G62*37*20261211*I*0830
        S5*2*CU
        """,
    "214": """
        B10*PRO-5*L-4711*RDWY
        L11*4500017*PO
        N1*SF*ACME*92*0815
          N3*7 FORGE STREET
          N4*DAYTON*OH*45402*US
          L11*BOL-9*BM
        N1*ST*ANDON PUMPS*92*0001
          L11*DOCK 4*DO
        MS3*RDWY*B**M
        LX*1
          AT7*AF*NS***20261211*1215*ET
            MS1*DAYTON*OH*US
            MS2*RDWY*53123
          AT7*D1*NS***20261212*0915*ET
            MS1*AKRON*OH*US
          L11*S-77*SI
          AT8*G*L*60*1
        """,
    "824": """
        BGN*00*A-5*20261126*0800
        N1*FR*ACME*92*0815
          PER*IC*J DOE*TE*9375551234
        OTI*TR*PO*4500017******17*0001*850
          REF*LI*1
          TED*012*PRICE IS NOT AGREED
            NTE*GEN*WE HAVE 13.00
        """,
    "997": """
        AK1*PO*17
        AK2*850*0001
          AK3*PO1*9**8
            AK4*2*330*6*MANY
          AK5*R*5
        AK2*850*0002
          AK5*A
        AK9*P*2*2*1
        """,
}

EDIFACT = {
    "ORDERS": """
        BGM+220+4500017+9
        DTM+137:20261125:102
        DTM+2:20261212:102
        FTX+DEL+++GATE 4?: ASK FOR O?'HARE ?+ CO
        RFF+CT:C-2026-9
          DTM+171:20260101:102
        NAD+BY+4000002::9
          LOC+7+GATE 4
          CTA+PD+:M KOWALSKI
            COM+0049301234:TE
        NAD+SU+4000001::9
        CUX+2:EUR:9
        TDT+20++30
        TOD+3++FCA
        LIN+1++PUMP-7:IN
          PIA+1+A-700:SA
          IMD+F++:::CENTRIFUGAL PUMP, 7 BAR
          QTY+21:5:PCE
          DTM+2:20261212:102
          PRI+AAA:12.5
        LIN+2++SEAL-2:IN
          QTY+21:40:PCE
          PRI+AAA:0.4
          RFF+AAN:7
        UNS+S
        CNT+2:2
        """,
    "ORDRSP": """
        BGM+231+R-4500017+4
        DTM+137:20261126:102
        RFF+ON:4500017
          DTM+171:20261125:102
        NAD+SU+4000001::9
          CTA+SA+:J DOE
        CUX+2:EUR:9
        LIN+1+3+PUMP-7:IN
          QTY+113:3:PCE
          DTM+67:20261214:102
          PRI+AAA:12.5
          RFF+ON:4500017:1
        LIN+2+5+SEAL-2:IN
          QTY+113:40:PCE
        UNS+S
        CNT+2:2
        """,
    "DESADV": """
        BGM+351+S-77+9
        DTM+137:20261211:102
        DTM+11:202612111130:203
        RFF+ON:4500017
        NAD+SU+4000001::9
        NAD+DP+4000002::9
          LOC+7+GATE 4
        TDT+20++30++RDWY::92
        CPS+1
          CPS+2+1
            PAC+1++201::9
              MEA+PD+G+KGM:27
              PCI+33E
                GIN+BJ+00106141411234567897
            LIN+1++PUMP-7:IN
              QTY+12:3:PCE
              RFF+ON:4500017:1
              PCI+36E
                GIN+BX+LOT-7
            LIN+2++SEAL-2:IN
              QTY+12:40:PCE
        CNT+2:2
        """,
    "RECADV": """
        BGM+632+R-0815+9
        DTM+137:20261214:102
        DTM+50:20261214:102
        RFF+DQ:S-77
        NAD+BY+4000002::9
        NAD+SU+4000001::9
        CPS+1
          LIN+1++PUMP-7:IN
            QTY+48:2:PCE
            QTY+61:1:PCE
            RFF+ON:4500017:1
            PCI+36E
              GIN+BX+LOT-7
          LIN+2++SEAL-2:IN
            QTY+48:40:PCE
        CNT+2:2
        """,
    "INVRPT": """
        BGM+35+ADJ-3+9
        DTM+137:20261214:102
        RFF+ACW:I-2
        NAD+WH+4000003::9
          CTA+WH+:B SMITH
        LIN+1++PUMP-7:IN
          IMD+F++:::CENTRIFUGAL PUMP, 7 BAR
          QTY+156:2:PCE
            DTM+179:20261214:102
          INV+2+3
          RFF+BT:LOT-7
        LIN+2++SEAL-2:IN
          QTY+145:36:PCE
        UNS+S
        CNT+2:2
        """,
    "DELFOR": """
        BGM+241+SS-9+9
        DTM+137:20261125:102
        RFF+CT:C-2026-9
        NAD+BY+4000002::9
        NAD+SU+4000001::9
        GIS+37
        LIN+1++PUMP-7:IN
          PIA+1+A-700:SA
          RFF+ON:4500017
            DTM+171:20261125:102
          LOC+11+GATE 4
          QTY+70:40:PCE
            DTM+51:20260101:102
          SCC+1
            QTY+113:5:PCE
              DTM+2:20261201:102
            QTY+113:5:PCE
              DTM+2:20261212:102
        UNS+S
        CNT+2:1
        """,
    "IFTSTA": """
        BGM+23+T-5+9
        DTM+137:202612120930:203
        NAD+CA+RDWY::92
          CTA+IC+:J DOE
        RFF+SRN:L-4711
        CNI+1+PRO-5
          LOC+8+AKRON
          STS+1+21
            DTM+334:202612120915:203
            RFF+AAS:S-77
            TDT+20++30
            EQD+TE+53123
            GID+1+1:PLT
        CNT+11:1
        """,
    "CONTRL": """
        UCI+17+4000002:14+4000001:14+7
        UCM+17+ORDERS:D:96A:UN+4
          UCS+16
            UCD+37+1:2
        """,
    "APERAK": """
        BGM+313+A-5+27
        DTM+137:20261126:102
        DOC+105+4500017
          DTM+137:20261125:102
        RFF+ON:4500017
        NAD+SU+4000001::9
          CTA+IC+:J DOE
        ERC+12::92
          FTX+AAO+++PRICE IS NOT AGREED?: WE HAVE 13.00
          RFF+LI:1
        """,
}
