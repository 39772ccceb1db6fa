/// A roadmap in the shape that people write: years, phases with months, groups in bold, criteria, goals, rhythms, a status.
package enum SampleRoadmap {
    package static let text = """
        # Ann's Compiler Roadmap

        **Goal:** Write a compiler that others use.

        ## 📅 YEAR 1 (2026): BASICS

        ### PHASE 0: FOUNDATION (Month 1-2)

        **Tools:**
        - [x] Editor set up
        - [ ] Build system basics
        - [ ] Fuzzer running

        **Parsing:**
        - [ ] Hand-written lexer
          - [ ] Numbers
          - [ ] Strings
        - [ ] Pratt parser

        **🏆 Success Criteria:**
        - Can read the C grammar
        - 30+ GitHub commits

        ---

        ### PHASE 1: BACK END (Month 3-6)

        **Code generation:**
        - [ ] Three-address code
        - [ ] Register allocation

        **🚩 DEMO MILESTONE:**
        - [ ] Compiles its own lexer
        - [ ] 2-min demo video

        **🏆 Success Criteria:**
        - [ ] Latency < 100ms
        - 50+ commits, 1 public demo

        ## YEAR 2 (2027): USERS

        ### PHASE 2: RELEASE (Month 13-18)

        **Shipping:**
        - [ ] Packages for three systems
        - [ ] Language server

        ## 🎯 SKILL TREE

        **Tier 1 - Basics (Month 1-6):**
        - Parsing ⭐⭐⭐⭐
        - Types ⭐⭐⭐

        **Tier 2 - Depth (Month 7-18):**
        - Optimization ⭐⭐⭐⭐⭐

        ## 📊 PORTFOLIO GOALS

        **By End of Year 1:**
        - [ ] 200+ GitHub commits
        - [ ] 5 blog posts published
        - [ ] A logo

        ## 🔄 RHYTHMS

        **Every Week (Non-negotiable):**
        - [ ] 5+ commits
        - [ ] 1 dev log entry
        - [ ] 15-min accountability sync

        **Every Month:**
        - [ ] 1 blog post OR demo
        - [ ] Roadmap reviewed
        - [ ] Metrics updated

        **Every Quarter:**
        - [ ] Major demo/release
        - [ ] Books read

        ## 🎓 CAREER MILESTONES

        **6 Months:**
        - [ ] Talk at a meetup

        **18 Months:**
        - [ ] Paid for it

        ## 📝 PROJECT TRACKER

        ### Current Projects:
        1. **[Project Name]** - [Status] - [Domain]
        2. **work** - active - compilers

        ### Planned Projects:
        - Language server

        ## 🎯 CURRENT STATUS

        **Phase:** Phase 0 - Week 1
        **Active Days:** 1
        **Total Commits:** ~5
        **Skills Acquired:** 5%
        **Next Milestone:** Compiles its own lexer

        ---

        **Last Updated:** [Date]
        **Next Review:** Weekly

        """
}
