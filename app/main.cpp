#include "clientapplication.h"

#include <QApplication>
#include <QCommandLineParser>

using namespace Qt::StringLiterals;

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    parterre::app::ClientApplication::prepare(application);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"The box office desk of Parterre."_s);
    const QCommandLineOption server(u"server"_s, u"Address of the server, e.g. ws://127.0.0.1:8420."_s, u"url"_s);
    const QCommandLineOption user(u"user"_s, u"User name to propose."_s, u"name"_s);
    const QCommandLineOption geometry(u"geometry"_s, u"Size of the window, e.g. 1440x900."_s, u"WxH"_s);
    parser.addOptions({server, user, geometry});
    parser.addHelpOption();
    parser.addVersionOption();
    parser.process(application);

    parterre::app::ClientOptions options{.server = QUrl(parser.value(server)), .user = parser.value(user), .size = {}};
    const QStringList size = parser.value(geometry).split(u'x');
    if (size.size() == 2)
        options.size = QSize(size.at(0).toInt(), size.at(1).toInt());
    parterre::app::ClientApplication client(options);
    client.show();
    return application.exec();
}
