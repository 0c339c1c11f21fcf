#include "tidy/exceptions.h"
#include "tidy/rules.h"

#include <QtTest>

using namespace parterre::tidy;
using namespace Qt::StringLiterals;

namespace {

const Rule &ruleNamed(const QString &name)
{
    const auto found = std::find_if(rules().begin(), rules().end(),
                                    [&](const Rule &rule) { return name == QLatin1StringView(rule.name); });
    if (found == rules().end())
        qFatal("there is no rule %s", qPrintable(name));
    return *found;
}

QString listed(const Findings &findings)
{
    QStringList lines;
    for (const Finding &finding : findings)
        lines.append(finding.text());
    return lines.join(u'\n');
}

using Texts = QMap<QString, QString>;

/// A file with a function whose body has so many lines.
QString functionOf(int lines)
{
    return u"int count()\n{\n"_s + u"    step();\n"_s.repeated(lines) + u"    return 1;\n}\n"_s;
}

} // namespace

/// The source tree keeps the rules of the house. Each rule is first shown to catch what it is for.
class TestTidy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRuleCatchesWhatItIsFor_data();
    void aRuleCatchesWhatItIsFor();
    void aRuleLetsTheRestBe_data();
    void aRuleLetsTheRestBe();
    void functionsAreMeasuredFromHeadToBrace_data();
    void functionsAreMeasuredFromHeadToBrace();
    void theTreeIsWhole();
    void theTreeKeepsTheRule_data();
    void theTreeKeepsTheRule();
    void noExceptionIsStale();

private:
    SourceTree m_tree = SourceTree::read(QStringLiteral(PARTERRE_SOURCE_DIR));
};

void TestTidy::aRuleCatchesWhatItIsFor_data()
{
    QTest::addColumn<QString>("rule");
    QTest::addColumn<Texts>("texts");
    QTest::addColumn<int>("line");
    const auto row = [](const char *name, const QString &rule, const Texts &texts, int line) {
        QTest::newRow(name) << rule << texts << line;
    };
    const Texts headers{{u"ui/shell/w.h"_s, u"#pragma once\n"_s},
                        {u"server/db/d.h"_s, u"#pragma once\n"_s},
                        {u"shared/protocol/p.h"_s, u"#pragma once\n"_s},
                        {u"shared/domain/x/d.h"_s, u"#pragma once\n"_s}};
    const auto with = [&](const QString &path, const QString &text) {
        Texts texts = headers;
        texts.insert(path, text);
        return texts;
    };
    row("ui sees the server", u"include"_s, with(u"ui/a/a.cpp"_s, u"\n#include \"db/d.h\"\n"_s), 2);
    row("ui sees the protocol", u"include"_s, with(u"ui/a/a.cpp"_s, u"#include \"protocol/p.h\"\n"_s), 1);
    row("server sees ui", u"include"_s, with(u"server/a/a.cpp"_s, u"#include \"shell/w.h\"\n"_s), 1);
    row("app sees the server", u"include"_s, with(u"app/a.cpp"_s, u"#include \"db/d.h\"\n"_s), 1);
    row("domain sees protocol", u"include"_s, with(u"shared/domain/x/a.cpp"_s, u"#include \"protocol/p.h\"\n"_s), 1);
    row("base sees domain", u"include"_s, with(u"shared/base/a.cpp"_s, u"#include \"domain/x/d.h\"\n"_s), 1);
    row("by a relative path", u"include"_s, with(u"server/db/a.cpp"_s, u"#include \"d.h\"\n"_s), 1);
    row("pqxx in a service", u"library"_s, {{u"server/holds/a.cpp"_s, u"#include <pqxx/pqxx>\n"_s}}, 1);
    row("transaction in a service", u"library"_s, {{u"server/holds/a.cpp"_s, u"#include \"db/transaction.h\"\n"_s}}, 1);
    row("Boost outside the edge", u"library"_s, {{u"server/api/a.cpp"_s, u"#include <boost/asio.hpp>\n"_s}}, 1);
    row("SQL in the desk's shell", u"library"_s, {{u"app/a.cpp"_s, u"#include <QSqlQuery>\n"_s}}, 1);
    row("Gui in shared", u"library"_s, {{u"shared/base/a.cpp"_s, u"#include <QColor>\n"_s}}, 1);
    row("a library in shared", u"library"_s, {{u"shared/base/a.cpp"_s, u"#include <sodium.h>\n"_s}}, 1);
    row("a socket in ui", u"library"_s, {{u"ui/a/a.cpp"_s, u"#include <QTcpSocket>\n"_s}}, 1);
    row("a web socket in ui", u"library"_s, {{u"ui/a/a.cpp"_s, u"#include <QtWebSockets/QWebSocket>\n"_s}}, 1);
    row("Cairo outside of print", u"library"_s, {{u"server/api/a.cpp"_s, u"#include <cairo-pdf.h>\n"_s}}, 1);
    row("a widget in the server", u"library"_s, {{u"server/api/a.cpp"_s, u"#include <QWidget>\n"_s}}, 1);
    row("Boost in the judge", u"library"_s, {{u"bench/check/a.cpp"_s, u"#include <boost/asio.hpp>\n"_s}}, 1);
    row("Boost in the provider's webhooks", u"library"_s,
        {{u"psp/service/webhooks.cpp"_s, u"#include <boost/asio.hpp>\n"_s}}, 1);
    row("ui linked with the network", u"link"_s,
        {{u"ui/CMakeLists.txt"_s, u"parterre_component(Ui ROOT x\n FOLDERS a LINK Parterre::Domain Qt6::Network)"_s}},
        1);
    row("domain linked with Gui", u"link"_s,
        {{u"shared/CMakeLists.txt"_s, u"\ntarget_link_libraries(parterre_domain PRIVATE Qt6::Gui)"_s}}, 2);
    row("double in money", u"money"_s, {{u"shared/base/moneytext.cpp"_s, u"int a;\ndouble b;\n"_s}}, 2);
    row("an amount by way of a fraction", u"money"_s,
        {{u"psp/terminal/a.cpp"_s, u"int a;\nauto b = text.toDouble();\n"_s}}, 2);
    row("float in payments", u"money"_s, {{u"server/payments/a.h"_s, u"float a;\n"_s}}, 1);
    row("the time of day", u"clock"_s, {{u"server/a/a.cpp"_s, u"auto t = QDateTime::currentDateTimeUtc();\n"_s}}, 1);
    row("time of C", u"clock"_s, {{u"ui/a/a.cpp"_s, u"auto t = time(nullptr);\n"_s}}, 1);
    row("system clock", u"clock"_s, {{u"shared/base/a.cpp"_s, u"\nstd::chrono::system_clock::now();\n"_s}}, 2);
    row("a long function", u"function"_s, {{u"ui/a/a.cpp"_s, u"\n"_s + functionOf(70)}}, 2);
    row("a long method of a script", u"function"_s,
        {{u"resources/a.js"_s, u"class A {\n  go(a) {\n"_s + u"    a();\n"_s.repeated(70) + u"  }\n}\n"_s}}, 2);
    row("a long file", u"file"_s, {{u"resources/a.css"_s, u"\n"_s.repeated(601)}}, 1);
    const QString later = u"// TO"_s + u"DO: later\n"_s;
    row("something left to do", u"word"_s, {{u"ui/a/a.cpp"_s, u"int a;\n"_s + later}}, 2);
    const QString place = u"int m_boo"_s + u"kingCount;\n"_s;
    row("a word of another trade", u"word"_s, {{u"ui/a/a.h"_s, place}}, 1);
    row("a header without its line", u"header"_s, {{u"ui/a/a.h"_s, u"#ifndef A\n"_s}}, 1);
    row("a test without a check", u"test"_s, {{u"tests/a/tst_a.cpp"_s, u"// QVERIFY(true)\nint a;\n"_s}}, 1);
    row("a folder without its README", u"readme"_s,
        {{u"server/a/a.cpp"_s, u"int a;\n"_s},
         {u"ui/seatmap/README.md"_s, u"\n"_s.repeated(9)},
         {u"app/README.md"_s, u"\n"_s.repeated(9)},
         {u"bench/README.md"_s, u"\n"_s.repeated(9)},
         {u"psp/README.md"_s, u"\n"_s.repeated(9)},
         {u"shared/domain/layout/README.md"_s, u"\n"_s.repeated(9)}},
        1);
}

void TestTidy::aRuleCatchesWhatItIsFor()
{
    QFETCH(QString, rule);
    QFETCH(Texts, texts);
    QFETCH(int, line);
    const Findings found = ruleNamed(rule).check(SourceTree(texts));
    QVERIFY2(found.size() == 1, qPrintable(listed(found)));
    QCOMPARE(found.front().rule, rule);
    QCOMPARE(found.front().line, line);
}

void TestTidy::aRuleLetsTheRestBe_data()
{
    QTest::addColumn<QString>("rule");
    QTest::addColumn<Texts>("texts");
    const auto row = [](const char *name, const QString &rule, const Texts &texts) {
        QTest::newRow(name) << rule << texts;
    };
    row("what may be seen", u"include"_s,
        {{u"shared/base/b.h"_s, u"#pragma once\n"_s},
         {u"ui/shell/w.h"_s, u"#pragma once\n#include \"base/b.h\"\n"_s},
         {u"app/a.cpp"_s, u"#include \"shell/w.h\"\n"_s}});
    row("an include in a comment", u"include"_s,
        {{u"ui/a/a.cpp"_s, u"// #include \"db/d.h\"\n/*\n#include \"x.h\"\n*/\n"_s}});
    row("an include in a raw text", u"include"_s, {{u"ui/a/a.cpp"_s, u"auto a = R\"x(\n)\" \n)x\";\n"_s}});
    row("pqxx in a repository", u"library"_s, {{u"server/holds/holdrepository.cpp"_s, u"#include <pqxx/pqxx>\n"_s}});
    row("Boost in the load generator", u"library"_s, {{u"bench/load/a.cpp"_s, u"#include <boost/asio.hpp>\n"_s}});
    row("Qt Core in shared", u"library"_s, {{u"shared/base/a.cpp"_s, u"#include <QString>\n#include <cmath>\n"_s}});
    row("sockets in the app", u"library"_s, {{u"app/a.cpp"_s, u"#include <QWebSocket>\n"_s}});
    row("double in a comment and a text", u"money"_s,
        {{u"shared/base/money.cpp"_s, u"// No double here.\nauto a = \"a double\"; int b = 1'000; // float\n"_s}});
    row("double elsewhere", u"money"_s, {{u"ui/seatmap/a.cpp"_s, u"double a;\n"_s}});
    row("a steady clock", u"clock"_s, {{u"server/a/a.cpp"_s, u"std::chrono::steady_clock::now(); runtime(0);\n"_s}});
    row("as long as allowed", u"function"_s, {{u"ui/a/a.cpp"_s, functionOf(66)}});
    row("many short ones", u"function"_s, {{u"ui/a/a.cpp"_s, functionOf(40) + u"\n"_s + functionOf(40)}});
    row("a long list", u"function"_s,
        {{u"ui/a/a.cpp"_s, u"const QStringList all{\n"_s + u"    u\"a {\"_s,\n"_s.repeated(90) + u"};\n"_s}});
    row("a word inside another", u"word"_s, {{u"ui/a/a.cpp"_s, u"int hackney = stubborn; // Hackney Empire\n"_s}});
    row("a comment before the line", u"header"_s, {{u"ui/a/a.h"_s, u"// What it is.\n#pragma once\n"_s}});
}

void TestTidy::aRuleLetsTheRestBe()
{
    QFETCH(QString, rule);
    QFETCH(Texts, texts);
    const Findings found = ruleNamed(rule).check(SourceTree(texts));
    QVERIFY2(found.empty(), qPrintable(listed(found)));
}

void TestTidy::functionsAreMeasuredFromHeadToBrace_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("functions");
    const auto row = [](const char *name, const QString &text, const QString &functions) {
        QTest::newRow(name) << text << functions;
    };
    row("in a namespace", u"namespace a {\nint f(int x)\n{\n    return x;\n}\n}\n"_s, u"f 2-5"_s);
    row("in a class",
        u"class A : public B\n{\n    Q_OBJECT\npublic:\n    int f() const { return m_a; }\nprivate:\n"
        "    int m_a{0};\n};\n"_s,
        u"f 5-5"_s);
    row("a constructor", u"A::A(int a)\n    : m_a{a}\n    , m_b(a)\n{\n    go();\n}\n"_s, u"A::A 1-6"_s);
    row("an operator", u"bool operator==(const A &a, const A &b)\n{\n    return a.x == b.x;\n}\n"_s,
        u"operator== 1-4"_s);
    row("a template", u"template <class T>\nvoid f(T t = {})\n{\n}\n"_s, u"f 1-4"_s);
    row("a lambda of the file", u"const auto f = [](int a) {\n    return a;\n};\n"_s, u"f 1-3"_s);
    row("a list is none", u"inline constexpr auto a = std::to_array<int>({1, 2});\nint b[] = {1, 2};\n"_s, QString());
    row("a concept is none", u"template <class T>\nconcept C = requires(T t)\n{\n    t.f();\n};\n"_s, QString());
    row("braces in texts and characters", u"void f()\n{\n    a(\"}\", '}', u'{', R\"(})\");\n}\nint x;\n"_s,
        u"f 1-4"_s);
    row("a macro above", u"Q_LOGGING_CATEGORY(log, \"a\")\n\nvoid f()\n{\n}\n"_s, u"f 3-5"_s);
    row("a directive in between", u"#define X(a) \\\n    void a() {\nvoid f()\n{\n}\n"_s, u"f 3-5"_s);
}

void TestTidy::functionsAreMeasuredFromHeadToBrace()
{
    QFETCH(QString, text);
    QFETCH(QString, functions);
    const SourceTree tree({{u"ui/a.cpp"_s, text}});
    QStringList found;
    for (const FunctionSpan &span : FunctionFinder(tree.files().front()).find())
        found.append(u"%1 %2-%3"_s.arg(span.name).arg(span.firstLine).arg(span.lastLine));
    QCOMPARE(found.join(u", "_s), functions);
}

/// A tree that was not read keeps every rule.
void TestTidy::theTreeIsWhole()
{
    for (const QString &path : {u"shared/base/result.h"_s, u"server/db/database.cpp"_s, u"ui/CMakeLists.txt"_s,
                                u"app/main.cpp"_s, u"resources/storefront/shop.js"_s, u"tests/tidy/tst_tidy.cpp"_s})
        QVERIFY2(m_tree.find(path), qPrintable(path));
}

void TestTidy::theTreeKeepsTheRule_data()
{
    QTest::addColumn<QString>("rule");
    for (const Rule &rule : rules())
        QTest::newRow(rule.name) << QString::fromLatin1(rule.name);
}

void TestTidy::theTreeKeepsTheRule()
{
    QFETCH(QString, rule);
    Findings found = ruleNamed(rule).check(m_tree);
    std::erase_if(found, [](const Finding &finding) {
        return std::any_of(exceptions().begin(), exceptions().end(),
                           [&](const Exception &exception) { return exception.covers(finding); });
    });
    QVERIFY2(found.empty(), qPrintable(u'\n' + listed(found)));
}

void TestTidy::noExceptionIsStale()
{
    for (const Exception &exception : exceptions()) {
        const Findings found = ruleNamed(QString::fromLatin1(exception.rule)).check(m_tree);
        const bool used =
            std::any_of(found.begin(), found.end(), [&](const Finding &finding) { return exception.covers(finding); });
        QVERIFY2(used, qPrintable(u"%1 keeps the rule %2 again; take its exception out"_s.arg(
                           QLatin1StringView(exception.path), QLatin1StringView(exception.rule))));
        QVERIFY2(qstrlen(exception.reason) > 20, "an exception has a reason");
    }
}

QTEST_APPLESS_MAIN(TestTidy)
#include "tst_tidy.moc"
